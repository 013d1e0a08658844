/** The texts of the page in Spanish; english.ts says what they are. */
import type { Texts } from './english.ts';

export const spanish: Texts = {
  'page.title': 'relumax: mira cómo aprende una red neuronal',
  'training.start': 'Entrenar',
  'training.pause': 'Pausar',
  'training.progress': 'Época {epoch} de {epochs}, {updates} actualizaciones',
  'evidence.caption': 'Indicios {for} y {against} {class}',
  'evidence.for': 'a favor',
  'evidence.against': 'en contra',
  'units.hidden.one': '{count} neurona oculta',
  'units.hidden.other': '{count} neuronas ocultas',
  'overlay.last': 'última prueba: {run}',
  'overlay.other': 'otra prueba: {run}',
  'overlay.from': 'desde {file}',
  'overlay.new': 'con parámetros nuevos',
  'overlay.failed': '{words}. Se ha detenido: {error}',
  'overlay.forget': 'Olvidar',
  'overlay.activation': 'activación {value}',
  'overlay.epochs.one': '{count} época',
  'overlay.epochs.other': '{count} épocas',
  'overlay.batch': 'tamaño de lote {value}',
  'overlay.full': 'todos los ejemplos en un solo lote',
  'overlay.rate': 'tasa de aprendizaje {value}',
  'overlay.schedule': 'evolución de la tasa {value}',
  'overlay.dropout': 'dropout {value}',
  'overlay.decay': 'weight decay {value}',
  'overlay.usual': 'weight decay habitual',
  'overlay.seed': 'semilla {value}',
  'overlay.unusable': 'No se puede usar la otra prueba de la dirección. {error}.',
  'projector.enter': 'Proyector',
  'projector.leave': 'Vista normal',
  'projector.full': 'Pantalla completa',
  'projector.hint':
    'Letra grande, con el dibujo, la red y las curvas de un vistazo (Alt+P; Escape para salir)',
  'tour.start': 'Recorrido',
  'tour.count': 'Paso {number} de {count}',
  'tour.back': 'Atrás',
  'tour.next': 'Siguiente',
  'tour.done': 'Terminar',
  'tour.leave': 'Salir',
  'tour.draw.title': 'La entrada',
  'tour.draw.text':
    'Dibuja aquí una cifra, con el ratón, el dedo o las flechas del teclado. La red la ve como 28 por 28 píxeles.',
  'tour.draw.try': 'Para probar: dibuja un 4 que podría ser un 9.',
  'tour.answer.title': 'La predicción',
  'tour.answer.text':
    'Las salidas de la red: una probabilidad para cada cifra, 100 % en total. Cambian con cada trazo y con cada actualización.',
  'tour.answer.try': 'Para probar: añade un trazo al dibujo y observa las barras.',
  'tour.evidence.title': 'Los indicios',
  'tour.evidence.text':
    'A la izquierda, lo que la red recibe como entrada. A la derecha, qué píxeles son indicios a favor de una cifra y cuáles en contra.',
  'tour.evidence.try': 'Para probar: elige la barra de otra cifra para ver sus indicios.',
  'tour.units.title': 'Las neuronas ocultas',
  'tour.units.text':
    'Cada imagen muestra los pesos de una neurona. Busca tinta donde son positivos y blanco donde son negativos. La barra es su activación.',
  'tour.units.try': 'Para probar: dibuja un 1 y después un 0. ¿Qué neuronas responden a cada uno?',
  'tour.train.title': 'El entrenamiento',
  'tour.train.text':
    'Una actualización cambia un poco todos los pesos para que baje la pérdida de un lote de ejemplos. Una época es una pasada por todos los ejemplos.',
  'tour.train.try': 'Para probar: empieza de nuevo y haz las primeras actualizaciones una a una.',
  'tour.settings.title': 'Los ajustes',
  'tour.settings.text':
    'Cada cambio empieza un nuevo entrenamiento. Los mismos ajustes dan el mismo resultado en cualquier ordenador.',
  'tour.settings.try': 'Para probar: tasas de aprendizaje de 0.001, 1 y 3.',
  'tour.curves.title': 'Las curvas',
  'tour.curves.text':
    'La pérdida en los ejemplos de entrenamiento y en otros reservados, con los que la red no entrena. La última prueba queda como línea de puntos.',
  'tour.curves.try':
    'Para probar: cambia un ajuste. ¿Cuál de las dos pruebas es mejor, y desde qué época?',
  'tour.mixed.title': 'Lo que se confunde',
  'tour.mixed.text':
    'Cada fila es una cifra y cada columna una predicción. Lo que no está en la diagonal es un error.',
  'tour.mixed.try': 'Para probar: abre el número de la fila 4, columna 9. ¿Los habrías leído bien?',
  'tour.step.title': 'Una actualización, ecuación por ecuación',
  'tour.step.text':
    'Las ecuaciones de la propagación hacia delante, la retropropagación y la actualización, con sus dimensiones y los números de tu dibujo.',
  'tour.step.try': 'Para probar: compara la salida A² con las probabilidades de las barras.',
};
