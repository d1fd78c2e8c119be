import { brokenSubjects } from './broken.ts';
import { serve } from './serve.ts';

await serve(brokenSubjects);
