// The first script has made `relumax`, with all that `import * as relumax from 'relumax'` gives.
import('./lesson.js').then(({ lesson }) => lesson(relumax));
