/**
 * Trains on a table, and answers for three of its held-out rows:
 *
 *     node table.js penguins.csv species
 */
import { createReadStream } from 'node:fs';
import { Network } from 'relumax';
import { Preprocessing, Table, tableDefaults } from 'relumax/table';

const [path, label] = process.argv.slice(2);
if (path === undefined) throw new Error('expected a table: node table.js penguins.csv species');
const table = await Table.read(createReadStream(path), { name: path, label });
for (const note of table.notes) console.error(note);
const rows = table.split({ test: 0.2, seed: 1 });
const preprocessing = Preprocessing.fit(table, rows.train);
const { output, normalization, metadata } = preprocessing;
const train = preprocessing.dataset(table, rows.train);
const test = preprocessing.dataset(table, rows.test);

const { features, outputs, length } = train;
const { hiddenLayers, hidden, ...training } = tableDefaults(length);
const layers = [features, ...hiddenLayers, outputs];
const network = await Network.create({ layers, hidden, output, normalize: normalization });
await network.fit(train, training);
const { accuracy, r2 } = network.evaluate(test);
console.log(accuracy === undefined ? `R² ${r2}` : `accuracy ${accuracy}`);

// What a file has is all that an answer takes.
const loaded = await Network.load(network.save({ metadata }));
const inputs = test.inputs.subarray(0, 3 * features);
for (const answer of Preprocessing.of(loaded).answers(loaded.predict(inputs))) console.log(answer);
