export default { entry: './worker.js', target: 'node' };
