import { serve } from './serve.ts';
import { subjects } from './subjects.ts';

await serve(subjects);
