// Names of the examples that `npm run example` runs, which are those of their images. Pure.

/** Each is a folder below examples, and an image `wetee/<name>` of the devnet's registry. */
export const exampleImages = [
  'price-oracle',
  'private-scoring',
  'random-draw',
  'existing-program',
] as const
/** One of them. */
export type ExampleName = (typeof exampleImages)[number]
