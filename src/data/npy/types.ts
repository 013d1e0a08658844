/** The types of values in NumPy's arrays: https://numpy.org/doc/stable/reference/arrays.dtypes.html */

/** Numbers, or text. */
export type ElementType = NumberType | TextType;

export interface NumberType {
  readonly bytes: number;
  /** "int16". */
  readonly text: string;
  /** What holds every value of the type. */
  readonly Array: Float32ArrayConstructor | Float64ArrayConstructor;
  /** Whether integers may be too large for `Array`. */
  readonly isLarge?: true;
  /** The value; NaN of an integer that 64-bit floats do not hold. */
  read(values: DataView, at: number, isLittle: boolean): number;
}

export interface TextType {
  readonly bytes: number;
  readonly text: 'text';
  /** @throws TypeError or RangeError where it is no text */
  readText(values: DataView, at: number, isLittle: boolean): string;
}

/** By NumPy's letter and size. */
const NUMBERS: Readonly<Record<string, NumberType>> = {
  b1: { bytes: 1, text: 'bool', Array: Float32Array, read: (values, at) => values.getUint8(at) },
  u1: { bytes: 1, text: 'uint8', Array: Float32Array, read: (values, at) => values.getUint8(at) },
  i1: { bytes: 1, text: 'int8', Array: Float32Array, read: (values, at) => values.getInt8(at) },
  u2: { bytes: 2, text: 'uint16', Array: Float32Array, read: (...at) => get('Uint16', at) },
  i2: { bytes: 2, text: 'int16', Array: Float32Array, read: (...at) => get('Int16', at) },
  u4: { bytes: 4, text: 'uint32', Array: Float64Array, read: (...at) => get('Uint32', at) },
  i4: { bytes: 4, text: 'int32', Array: Float64Array, read: (...at) => get('Int32', at) },
  u8: {
    ...{ bytes: 8, text: 'uint64', Array: Float64Array, isLarge: true },
    read: (values, ...at) => exact(values.getBigUint64(...at)),
  },
  i8: {
    ...{ bytes: 8, text: 'int64', Array: Float64Array, isLarge: true },
    read: (values, ...at) => exact(values.getBigInt64(...at)),
  },
  f2: { bytes: 2, text: 'float16', Array: Float32Array, read: (...at) => half(get('Uint16', at)) },
  f4: { bytes: 4, text: 'float32', Array: Float32Array, read: (...at) => get('Float32', at) },
  f8: { bytes: 8, text: 'float64', Array: Float64Array, read: (...at) => get('Float64', at) },
};

type Getter = 'Uint16' | 'Int16' | 'Uint32' | 'Int32' | 'Float32' | 'Float64';

function get(getter: Getter, [values, at, isLittle]: [DataView, number, boolean]): number {
  return values[`get${getter}`](at, isLittle);
}

function exact(value: bigint): number {
  const number = Number(value);
  return BigInt(number) === value ? number : Number.NaN;
}

/** 2⁻²⁴ times 2ⁿ, for the exponents of float16. */
const POWERS = Array.from({ length: 31 }, (_, n) => 2 ** -24 * 2 ** n);

/** The value of a float16 (IEEE 754), which is exact in float32; Node 20 cannot read it. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * POWERS[0]!;
  return sign * (1024 + fraction) * POWERS[exponent - 1]!;
}

/** Characters of a text, at most: so that a wrong header costs little. */
const LONGEST_TEXT = 10_000;

/** The type with NumPy's description, "<f8" or "|S5", and its byte order; undefined of others. */
export function typeOf(descr: string): { type: ElementType; isLittle: boolean } | undefined {
  const [order, letter] = [descr.slice(0, 1), descr.slice(1)];
  const type = Object.hasOwn(NUMBERS, letter) ? NUMBERS[letter]! : textType(letter);
  const isOrdered = order === '<' || order === '>' || (order === '|' && type?.bytes === 1);
  const isText = order === '|' && letter.startsWith('S');
  return type && (isOrdered || isText) ? { type, isLittle: order !== '>' } : undefined;
}

/** U: code points of 32 bits; S: bytes. Both are filled up with zeros. */
function textType(letter: string): TextType | undefined {
  const [, kind, digits] = /^([US])([1-9]\d{0,8})$/.exec(letter) ?? [];
  const length = Number(digits);
  if (kind === undefined || length > LONGEST_TEXT) return undefined;
  if (kind === 'S') {
    return {
      ...{ bytes: length, text: 'text' },
      readText({ buffer, byteOffset }, at) {
        const bytes = new Uint8Array(buffer, byteOffset + at, length);
        return withoutEnd(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
      },
    };
  }
  return {
    ...{ bytes: 4 * length, text: 'text' },
    readText(values, at, isLittle) {
      let text = '';
      for (let i = at; i < at + 4 * length; i += 4) {
        text += String.fromCodePoint(values.getUint32(i, isLittle));
      }
      return withoutEnd(text);
    },
  };
}

function withoutEnd(text: string): string {
  return text.replace(/\0+$/, '');
}
