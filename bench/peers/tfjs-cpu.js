import * as tf from '@tensorflow/tfjs';
import { serve, versionOf } from './child.js';
import { predictor, trainer } from './tfjs.js';

await tf.setBackend('cpu');
tf.enableProdMode();

await serve({
  version: versionOf('@tensorflow/tfjs'),
  how: 'backend cpu (plain JavaScript); fused layers, optimizer.minimize',
  trainer,
  predictor,
});
