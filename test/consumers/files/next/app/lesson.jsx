'use client';
import { useEffect } from 'react';
import { lesson } from './lesson.js';

export function Lesson() {
  useEffect(() => {
    import('relumax/worker').then(lesson);
  }, []);
  return <output>training …</output>;
}
