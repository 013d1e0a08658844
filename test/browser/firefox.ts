/** A real Firefox for the tests, without a window, driven by Marionette: what geckodriver speaks with it. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENGINES } from '../../scripts/engines/list.js';
import { start } from '../../scripts/engines/process.js';

const ENGINE = ENGINES.find(({ id }) => id === 'firefox')!;

export const hasFirefox = ENGINE.missing!().length === 0;

/** How long it may take to start, in milliseconds. */
const PATIENCE = 30_000;

const PREFERENCES = {
  // A free port, which it writes into its profile.
  'marionette.port': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.update.disabledForTesting': true,
};

export class Firefox implements AsyncDisposable {
  readonly version: string;
  readonly #marionette: Marionette;
  readonly #end: () => Promise<void>;

  private constructor(version: string, marionette: Marionette, end: () => Promise<void>) {
    this.version = version;
    this.#marionette = marionette;
    this.#end = end;
  }

  static async launch(): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), 'relumax-firefox-'));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(profile, 'user.js'), lines.join('\n'));
    const started = start(
      [...ENGINE.start(profile), '--marionette', '--remote-allow-system-access'],
      { env: { HOME: profile } },
    );
    const end = async () => {
      await started.stop();
      await rm(profile, { recursive: true, force: true });
    };
    try {
      const port = await Promise.race([portIn(profile), started.ended.then(() => 0)]);
      const marionette = await Marionette.connect(port);
      // Inputs of files are hidden behind buttons.
      const capabilities = { alwaysMatch: { strictFileInteractability: false } };
      const session = await marionette.ask('WebDriver:NewSession', { capabilities });
      const { browserVersion } = (session as { capabilities: Record<string, string> }).capabilities;
      return new Firefox(browserVersion!, marionette, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.#marionette.ask('WebDriver:Navigate', { url });
  }

  /** The value of an expression in the page. */
  async valueOf<T>(expression: string): Promise<T> {
    const script = `return ${expression}`;
    return (await this.#valueOf('WebDriver:ExecuteScript', { script, args: [] })) as T;
  }

  async textOf(selector: string): Promise<string> {
    return this.valueOf(`document.querySelector(${JSON.stringify(selector)}).textContent`);
  }

  async click(selector: string): Promise<void> {
    await this.#marionette.ask('WebDriver:ElementClick', { id: await this.#element(selector) });
  }

  /** Types a text into a field, or chooses the file of this path for one of files. */
  async type(selector: string, text: string): Promise<void> {
    await this.#marionette.ask('WebDriver:ElementSendKeys', {
      id: await this.#element(selector),
      text,
    });
  }

  /** What its console has of pages: errors, warnings and violations of policies. */
  async complaints(): Promise<string[]> {
    await this.#marionette.ask('Marionette:SetContext', { value: 'chrome' });
    const script = `
      return Services.console.getMessageArray()
        .filter((message) => message instanceof Ci.nsIScriptError)
        .filter(({ sourceName, category }) => /^(file|blob):/.test(sourceName) || /CSP/.test(category))
        .map(({ errorMessage }) => errorMessage);`;
    const found = await this.#valueOf('WebDriver:ExecuteScript', { script, args: [] });
    await this.#marionette.ask('Marionette:SetContext', { value: 'content' });
    return found as string[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#marionette.close();
    await this.#end();
  }

  async #element(value: string): Promise<string> {
    const using = 'css selector';
    const found = await this.#valueOf('WebDriver:FindElement', { using, value });
    return Object.values(found as Record<string, string>)[0]!;
  }

  async #valueOf(name: string, parameters: object): Promise<unknown> {
    return ((await this.#marionette.ask(name, parameters)) as { value: unknown }).value;
  }
}

/** The port that Firefox has written into its profile, once it has. */
async function portIn(profile: string): Promise<number> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const text = await readFile(join(profile, 'MarionetteActivePort'), 'utf8').catch(() => '');
    if (/^\d+$/.test(text)) return Number(text);
    await sleep(50);
  }
  throw new Error(`Firefox did not start within ${PATIENCE} ms`);
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/**
 * Its protocol: messages are JSON after their length in bytes and a colon, `[0, id, command, parameters]`
 * and `[1, id, error, result]`.
 *
 * Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
class Marionette {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  #received = Buffer.alloc(0);
  #last = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('Firefox has ended'));
    });
    socket.on('error', () => {});
  }

  static async connect(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Marionette(socket);
  }

  ask(command: string, parameters: object): Promise<unknown> {
    const id = ++this.#last;
    const text = JSON.stringify([0, id, command, parameters]);
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.toString('utf8', 0, Math.max(colon, 0)));
      if (colon < 0 || this.#received.length < end) return;
      this.#answer(JSON.parse(this.#received.toString('utf8', colon + 1, end)));
      this.#received = this.#received.subarray(end);
    }
  }

  /** The first message is no answer: it names the protocol. */
  #answer(message: unknown): void {
    if (!Array.isArray(message)) return;
    const [, id, error, result] = message;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === null) pending?.resolve(result);
    else pending?.reject(new Error(`${error.error}: ${error.message}`));
  }
}
