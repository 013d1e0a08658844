/** A page that learns gestures from its user. */
import { Dataset, Network } from 'relumax';
import { FEATURES, GESTURES, onGesture, show, train } from './pad.js';

const network = await Network.create({ layers: [FEATURES, 32, GESTURES.length] });

/** @type {Dataset | undefined} */
let dataset;
onGesture(async (points, label) => {
  if (label !== undefined) return addExample(points, label);
  const [[best] = []] = await network.classify([points]);
  show(`${best?.name}, ${best?.probability.toFixed(2)}`);
});

train.onclick = async () => {
  if (!dataset) return;
  await network.fit(dataset, {
    epochs: 60,
    batchSize: 8,
    optimizer: 'adam',
    learningRate: 0.01,
    onEpoch: ({ epoch, loss }) => show(`epoch ${epoch}: ${loss}`),
  });
  show('trained');
};

/** @type {(points: number[], label: number) => void} */
function addExample(points, label) {
  const example = { inputs: [points], labels: [label], classNames: GESTURES };
  dataset = dataset?.with([points], [label]) ?? Dataset.from(example);
  show(`${dataset.length} examples`);
}
