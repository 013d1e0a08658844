/** Trains on a table in a worker, and answers for a row that is typed into a form. */
import { Preprocessing, Table, tableDefaults } from 'relumax/table';
import { Network } from 'relumax/worker';

const output = document.querySelector('output');
const form = document.querySelector('#row');
const answer = document.querySelector('#answer');
let network;
let preprocessing;

document.querySelector('#file').addEventListener('change', async ({ target }) => {
  await trainOn(target.files[0], target.files[0].name);
});
form.addEventListener('input', answerRow);
await trainOn(flowers(), 'flowers.csv');

/** @param {Blob | string} source */
async function trainOn(source, name) {
  output.textContent = 'training …';
  try {
    const table = await Table.read(source, { name });
    const rows = table.split({ test: 0.2, seed: 1 });
    preprocessing = Preprocessing.fit(table, rows.train);
    const train = preprocessing.dataset(table, rows.train);
    const test = preprocessing.dataset(table, rows.test);
    const { features, outputs, length } = train;
    const kind = preprocessing.output;
    const { hiddenLayers, hidden, ...training } = tableDefaults(length);
    network?.dispose();
    network = await Network.create({
      layers: [features, ...hiddenLayers, outputs],
      ...{ hidden, output: kind, normalize: preprocessing.normalization },
    });
    await network.fit(train, training);
    const { accuracy, r2 } = await network.evaluate(test);
    output.textContent = `${[...table.notes, ''].join('. ')}Of ${test.length} rows held out: ${
      accuracy === undefined ? `R² ${r2[0].toFixed(3)}` : `accuracy ${accuracy.toFixed(3)}`
    }`;
    form.replaceChildren(...preprocessing.columns.map(fieldOf));
    await answerRow();
    Object.assign(output.dataset, { accuracy: accuracy ?? r2[0], answer: answer.textContent });
  } catch (error) {
    output.textContent = output.dataset.error = String(error);
  }
}

/** A menu for a category, and an input for a number or a date. Names are set as text, never as HTML. */
function fieldOf({ name, kind, categories }) {
  const field = document.createElement(kind === 'category' ? 'select' : 'input');
  field.name = name;
  if (kind === 'number') Object.assign(field, { type: 'number', step: 'any' });
  if (kind === 'date') field.type = 'datetime-local';
  // The first is a missing cell.
  for (const text of kind === 'category' ? ['', ...categories] : []) field.add(new Option(text));
  const label = document.createElement('label');
  label.append(`${name} `, field, ' ');
  return label;
}

async function answerRow() {
  const row = Object.fromEntries(
    Array.from(form.elements, ({ name, type, value, valueAsNumber }) => [
      name,
      type === 'number' ? valueAsNumber : value,
    ]),
  );
  const [found] = preprocessing.answers(await network.predict(preprocessing.inputs([row])));
  answer.textContent = found.class
    ? `${found.class}, ${(100 * found.probability).toFixed(1)} %`
    : Object.entries(found.values).map(([name, value]) => `${name} ${value.toPrecision(6)}`);
}

/** A table with a category, a date and missing cells. */
function flowers() {
  const lines = Array.from({ length: 120 }, (_, i) => {
    const isLate = i % 2;
    const petal = i % 9 === 0 ? '' : (isLate ? 4.5 : 1.4) + (i % 5) / 10;
    const day = String(1 + (i % 28)).padStart(2, '0');
    const colour = ['blue', 'white', 'violet'][i % 3];
    return `${petal},${colour},2024-0${isLate ? 5 : 3}-${day},${isLate ? 'versicolor' : 'setosa'}`;
  });
  return ['petal,colour,seen,kind', ...lines].join('\n');
}
