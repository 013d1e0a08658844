import * as tf from '@tensorflow/tfjs';
import { serve } from './child.js';
import { predictor, trainer } from './tfjs.js';
import { versionOf } from './versions.js';

await tf.setBackend('cpu');
tf.enableProdMode();

await serve({
  version: versionOf('@tensorflow/tfjs'),
  how: 'backend cpu (plain JavaScript); fused dense layers, optimizer.minimize',
  trainer,
  predictor,
});
