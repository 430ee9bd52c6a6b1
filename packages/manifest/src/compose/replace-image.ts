// A Compose file with another image for one service, everything else as it was written: comments, order, quotes. Pure.
import { isMap, isScalar, parseDocument } from 'yaml'
import { ManifestError } from '../error.ts'
import { parseImageReference } from '../image-reference.ts'
import { Notes, readTree, type Place } from './tree.ts'

/**
 * Puts `reference` in the place of the service's image, of which there has to be one in the file. Throws ManifestError: what a YAML
 * parser refuses, `service.unknown`, `image.missing`, and `image.shared` where the service has its image from elsewhere in the file.
 */
export function replaceServiceImage(text: string, service: string, reference: string): string {
  if (parseImageReference(reference) === undefined)
    throw new Error(`${reference.slice(0, 200)} is no image reference`)
  const notes = new Notes()
  if (text.length > maxComposeBytes)
    notes.refuse(start, 'compose.too-large', `expected at most ${maxComposeBytes} bytes`)
  else readTree(text, notes)
  if (notes.problems.length > 0) throw new ManifestError(notes.problems)
  const image = imageOf(text, service)
  if (typeof image === 'string') {
    const [code, message] = problems[image]
    notes.refuse({ ...start, path: `services.${service.slice(0, 64)}` }, code, message)
    throw new ManifestError(notes.problems)
  }
  const [from, to] = image
  return `${text.slice(0, from)}${reference}${text.slice(to)}`
}

const maxComposeBytes = 262_144
const start: Place = { line: 1, column: 1, path: '' }
const problems = {
  unknown: ['service.unknown', 'there is no service of this name'],
  missing: ['image.missing', 'expected image: in this service'],
  shared: ['image.shared', 'expected image: as text in this service itself, without an anchor'],
} as const

/** Where the text of the image begins and ends, quotes included. */
function imageOf(text: string, service: string): readonly [number, number] | keyof typeof problems {
  // The tree above has read the same text: it is YAML, of a bounded size, with every key once.
  const document = parseDocument(text, { uniqueKeys: false, version: '1.2', logLevel: 'silent' })
  const services = document.get('services', true)
  const found = isMap(services) ? services.get(service, true) : undefined
  if (found === undefined) return 'unknown'
  if (!isMap(found)) return 'shared'
  const image = found.get('image', true)
  if (image === undefined) return found.has('<<') ? 'shared' : 'missing'
  const isText = isScalar(image) && typeof image.value === 'string' && image.anchor === undefined
  if (!isText || image.tag !== undefined || !image.range) return 'shared'
  const isBlock = image.type === 'BLOCK_FOLDED' || image.type === 'BLOCK_LITERAL'
  return isBlock ? 'shared' : [image.range[0], image.range[1]]
}
