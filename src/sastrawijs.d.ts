// The package ships types, but its "exports" does not lead to them.
declare module 'sastrawijs' {
  export class Stemmer {
    find(word: string): boolean;
    stem(word: string): string;
  }
}
