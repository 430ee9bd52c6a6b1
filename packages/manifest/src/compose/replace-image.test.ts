// Another image in a Compose file: what stays as it was written, and what is not touched.
import fc from 'fast-check'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { ManifestError } from '../error.ts'
import { replaceServiceImage } from './replace-image.ts'

const reference = `registry.example/you/app@sha256:${'ab'.repeat(32)}`
const code = (text: string, service = 'web') => {
  try {
    replaceServiceImage(text, service, reference)
    return undefined
  } catch (error) {
    return error instanceof ManifestError ? error.problems[0]?.code : error
  }
}

test.each([
  ['plain', 'old:1'],
  ['single quotes', "'old:1'"],
  ['double quotes', '"old:1"'],
  ['a default', '${IMAGE:-old:1}'],
])('with %s, the image is replaced and every other byte stays', (_, written) => {
  const file = (image: string) =>
    `# ours\nservices:\n  db: { image: old:1 } # kept\n  web:\n    image: ${image}   # which one\n    ports: ["80"]\n`
  expect(replaceServiceImage(file(written), 'web', reference)).toBe(file(reference))
  expect(
    replaceServiceImage('services: {web: {image: old:1, read_only: true}}', 'web', reference),
  ).toBe(`services: {web: {image: ${reference}, read_only: true}}`)
})

test.each([
  ['no such service', 'services: { db: { image: a } }', 'service.unknown'],
  ['no services', 'name: x', 'service.unknown'],
  ['no image', 'services: { web: { ports: ["80"] } }', 'image.missing'],
  [
    'an image that others share',
    'services: { web: { image: &i a }, db: { image: *i } }',
    'image.shared',
  ],
  [
    'an image from elsewhere',
    'services: { db: { image: &i a }, web: { image: *i } }',
    'image.shared',
  ],
  ['a service from elsewhere', 'x: &s { image: a }\nservices: { web: *s }', 'image.shared'],
  ['a merged image', 'x: &s { image: a }\nservices: { web: { <<: *s } }', 'image.shared'],
  ['an image that is no text', 'services: { web: { image: [a] } }', 'image.shared'],
  ['a block', 'services:\n  web:\n    image: >\n      a\n', 'image.shared'],
  ['the image twice', 'services: { web: { image: a, image: b } }', 'yaml.duplicate-key'],
  ['no YAML', 'services: [', 'yaml.syntax'],
  ['two documents', 'a: 1\n---\nb: 1\n', 'yaml.documents'],
  ['a large file', ' '.repeat(262_145), 'compose.too-large'],
])('%s is refused', (_, text, expected) => {
  expect(code(text)).toBe(expected)
})

test('whatever the bytes, it is a Compose file with that image or a ManifestError', () => {
  const head = 'services:\n  web:\n    image: '
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (before, after) => {
      const text = `${head}a\n    ${before}\n${after}`
      let written: string
      try {
        written = replaceServiceImage(text, 'web', reference)
      } catch (error) {
        expect(error).toBeInstanceOf(ManifestError)
        return
      }
      const wanted = parse(text, { logLevel: 'silent' }) as { services: { web: object } }
      Object.assign(wanted.services.web, { image: reference })
      expect(parse(written, { logLevel: 'silent' })).toEqual(wanted)
      // Of the text nothing else is another, and the image may have had a second line.
      expect(written.startsWith(`${head}${reference}`)).toBe(true)
      expect(text.endsWith(written.slice(head.length + reference.length))).toBe(true)
    }),
    { examples: [[' %', '']] },
  )
})
