import { Lesson } from './lesson.jsx';

export default function Page() {
  return <Lesson />;
}
