/** The texts of the page in German; english.ts says what they are. */
import type { Texts } from './english.ts';

export const german: Texts = {
  'page.title': 'relumax: einem neuronalen Netz beim Lernen zusehen',
  'training.start': 'Trainieren',
  'training.pause': 'Pause',
  'training.progress': 'Epoche {epoch} von {epochs}, {updates} Updates',
  'evidence.caption': 'Spricht {for} und {against} {class}',
  'evidence.for': 'für',
  'evidence.against': 'gegen',
  'units.hidden.one': '{count} verstecktes Neuron',
  'units.hidden.other': '{count} versteckte Neuronen',
  'overlay.last': 'letzter Lauf: {run}',
  'overlay.other': 'anderer Lauf: {run}',
  'overlay.from': 'aus {file}',
  'overlay.new': 'mit neuen Parametern',
  'overlay.failed': '{words}. Er ist abgebrochen: {error}',
  'overlay.forget': 'Vergessen',
  'overlay.activation': 'Aktivierung {value}',
  'overlay.epochs.one': '{count} Epoche',
  'overlay.epochs.other': '{count} Epochen',
  'overlay.batch': 'Batchgröße {value}',
  'overlay.full': 'alle Beispiele in einem Batch',
  'overlay.rate': 'Lernrate {value}',
  'overlay.schedule': 'Lernratenplan {value}',
  'overlay.dropout': 'Dropout {value}',
  'overlay.decay': 'Weight Decay {value}',
  'overlay.usual': 'übliches Weight Decay',
  'overlay.seed': 'Startwert {value}',
  'overlay.unusable': 'Der andere Lauf in der Adresse ist nicht möglich. {error}.',
  'projector.enter': 'Beamer',
  'projector.leave': 'Normale Ansicht',
  'projector.full': 'Vollbild',
  'projector.hint':
    'Große Schrift, mit Zeichnung, Netz und Kurven auf einen Blick (Alt+P; Escape beendet es)',
  'tour.start': 'Rundgang',
  'tour.count': 'Schritt {number} von {count}',
  'tour.back': 'Zurück',
  'tour.next': 'Weiter',
  'tour.done': 'Fertig',
  'tour.leave': 'Beenden',
  'tour.draw.title': 'Die Eingabe',
  'tour.draw.text':
    'Hier wird eine Ziffer gezeichnet, mit Maus, Finger oder Pfeiltasten. Das Netz sieht sie als 28 mal 28 Pixel.',
  'tour.draw.try': 'Zum Ausprobieren: eine 4 zeichnen, die auch eine 9 sein könnte.',
  'tour.answer.title': 'Die Vorhersage',
  'tour.answer.text':
    'Die Ausgaben des Netzes: eine Wahrscheinlichkeit für jede Ziffer, zusammen 100 %. Sie ändern sich mit jedem Strich und mit jedem Update.',
  'tour.answer.try': 'Zum Ausprobieren: einen Strich hinzufügen und die Balken beobachten.',
  'tour.evidence.title': 'Was dafür und dagegen spricht',
  'tour.evidence.text':
    'Links steht, was das Netz als Eingabe bekommt. Rechts, welche dieser Pixel für eine Ziffer sprechen und welche dagegen.',
  'tour.evidence.try': 'Zum Ausprobieren: den Balken einer anderen Ziffer wählen.',
  'tour.units.title': 'Die versteckten Neuronen',
  'tour.units.text':
    'Jedes Bild zeigt die Gewichte eines Neurons. Wo sie positiv sind, sucht es Tinte, wo sie negativ sind, keine. Der Balken ist seine Aktivierung.',
  'tour.units.try':
    'Zum Ausprobieren: eine 1 zeichnen, dann eine 0. Welche Neuronen reagieren worauf?',
  'tour.train.title': 'Das Training',
  'tour.train.text':
    'Ein Update ändert alle Gewichte ein wenig, sodass der Loss eines Batches von Beispielen sinkt. Eine Epoche ist ein Durchgang durch alle Beispiele.',
  'tour.train.try': 'Zum Ausprobieren: von vorn beginnen und die ersten Updates einzeln machen.',
  'tour.settings.title': 'Die Einstellungen',
  'tour.settings.text':
    'Jede Änderung beginnt ein neues Training. Gleiche Einstellungen ergeben das gleiche Ergebnis, auf jedem Rechner.',
  'tour.settings.try': 'Zum Ausprobieren: Lernraten von 0.001, 1 und 3.',
  'tour.curves.title': 'Die Kurven',
  'tour.curves.text':
    'Der Loss auf den Trainingsbeispielen und auf zurückgehaltenen, mit denen das Netz nicht trainiert. Der letzte Lauf bleibt als gepunktete Linie stehen.',
  'tour.curves.try':
    'Zum Ausprobieren: eine Einstellung ändern. Welcher der beiden Läufe ist besser, und ab welcher Epoche?',
  'tour.mixed.title': 'Was verwechselt wird',
  'tour.mixed.text':
    'Jede Zeile ist eine Ziffer, jede Spalte eine Vorhersage. Was nicht auf der Diagonale steht, ist ein Fehler.',
  'tour.mixed.try':
    'Zum Ausprobieren: die Zahl in Zeile 4, Spalte 9 öffnen. Hättest du sie richtig gelesen?',
  'tour.step.title': 'Ein Update, Gleichung für Gleichung',
  'tour.step.text':
    'Die Gleichungen des Vorwärtsschritts, des Rückwärtsschritts und des Updates, mit ihren Größen und den Zahlen deiner Zeichnung.',
  'tour.step.try':
    'Zum Ausprobieren: die Ausgabe A² mit den Wahrscheinlichkeiten der Balken vergleichen.',
};
