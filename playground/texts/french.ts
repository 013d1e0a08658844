/** The texts of the page in French; english.ts says what they are. */
import type { Texts } from './english.ts';

export const french: Texts = {
  'page.title': 'relumax : regarder un réseau de neurones apprendre',
  'training.start': 'Entraîner',
  'training.pause': 'Pause',
  'training.progress': 'Époque {epoch} sur {epochs}, {updates} mises à jour',
  'evidence.caption': 'Indices {for} et {against} {class}',
  'evidence.for': 'pour',
  'evidence.against': 'contre',
  'units.hidden.one': '{count} neurone caché',
  'units.hidden.other': '{count} neurones cachés',
  'overlay.last': 'dernier essai : {run}',
  'overlay.other': 'autre essai : {run}',
  'overlay.from': 'à partir de {file}',
  'overlay.new': 'avec de nouveaux paramètres',
  'overlay.failed': '{words}. Il s’est arrêté : {error}',
  'overlay.forget': 'Oublier',
  'overlay.activation': 'activation {value}',
  'overlay.epochs.one': '{count} époque',
  'overlay.epochs.other': '{count} époques',
  'overlay.batch': 'taille de lot {value}',
  'overlay.full': 'tous les exemples en un seul lot',
  'overlay.rate': 'taux d’apprentissage {value}',
  'overlay.schedule': 'évolution du taux {value}',
  'overlay.dropout': 'dropout {value}',
  'overlay.decay': 'weight decay {value}',
  'overlay.usual': 'weight decay habituel',
  'overlay.seed': 'graine {value}',
  'overlay.unusable': 'L’autre essai de l’adresse ne peut pas être utilisé. {error}.',
  'projector.enter': 'Projecteur',
  'projector.leave': 'Vue normale',
  'projector.full': 'Plein écran',
  'projector.hint':
    'En grands caractères, avec le dessin, le réseau et les courbes d’un seul coup d’œil (Alt+P ; Échap pour quitter)',
  'tour.start': 'Visite',
  'tour.count': 'Étape {number} sur {count}',
  'tour.back': 'Retour',
  'tour.next': 'Suivant',
  'tour.done': 'Terminer',
  'tour.leave': 'Quitter',
  'tour.draw.title': 'L’entrée',
  'tour.draw.text':
    'Dessinez ici un chiffre, avec la souris, le doigt ou les flèches du clavier. Le réseau le voit en 28 pixels sur 28.',
  'tour.draw.try': 'À essayer : dessinez un 4 qui pourrait être un 9.',
  'tour.answer.title': 'La prédiction',
  'tour.answer.text':
    'Les sorties du réseau : une probabilité pour chaque chiffre, 100 % en tout. Elles changent à chaque trait et à chaque mise à jour.',
  'tour.answer.try': 'À essayer : ajoutez un trait à votre dessin et observez les barres.',
  'tour.evidence.title': 'Les indices',
  'tour.evidence.text':
    'À gauche, ce que le réseau reçoit en entrée. À droite, les pixels qui sont des indices pour un chiffre, et ceux qui sont contre.',
  'tour.evidence.try': 'À essayer : choisissez la barre d’un autre chiffre pour voir ses indices.',
  'tour.units.title': 'Les neurones cachés',
  'tour.units.text':
    'Chaque image montre les poids d’un neurone. Il cherche de l’encre là où ils sont positifs, et du blanc là où ils sont négatifs. La barre est son activation.',
  'tour.units.try': 'À essayer : dessinez un 1, puis un 0. Quels neurones réagissent à quoi ?',
  'tour.train.title': 'L’entraînement',
  'tour.train.text':
    'Une mise à jour change un peu tous les poids, pour que la perte d’un lot d’exemples diminue. Une époque est un passage par tous les exemples.',
  'tour.train.try': 'À essayer : recommencez, et faites les premières mises à jour une par une.',
  'tour.settings.title': 'Les réglages',
  'tour.settings.text':
    'Chaque changement commence un nouvel entraînement. Les mêmes réglages donnent le même résultat, sur tous les ordinateurs.',
  'tour.settings.try': 'À essayer : des taux d’apprentissage de 0.001, 1 et 3.',
  'tour.curves.title': 'Les courbes',
  'tour.curves.text':
    'La perte sur les exemples d’entraînement et sur des exemples mis de côté, sur lesquels le réseau ne s’entraîne pas. Le dernier essai reste en pointillé.',
  'tour.curves.try':
    'À essayer : changez un réglage. Lequel des deux essais est le meilleur, et à partir de quelle époque ?',
  'tour.mixed.title': 'Ce qui est confondu',
  'tour.mixed.text':
    'Chaque ligne est un chiffre, chaque colonne une prédiction. Ce qui n’est pas sur la diagonale est une erreur.',
  'tour.mixed.try':
    'À essayer : ouvrez le nombre de la ligne 4, colonne 9. Les auriez-vous bien lus ?',
  'tour.step.title': 'Une mise à jour, équation par équation',
  'tour.step.text':
    'Les équations de la propagation avant, de la rétropropagation et de la mise à jour, avec leurs dimensions et les nombres de votre dessin.',
  'tour.step.try': 'À essayer : comparez la sortie A² aux probabilités des barres.',
};
