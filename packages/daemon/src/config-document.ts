// The JSON Schema of a configuration and what it says about one key. Pure.
import { z } from 'zod'

/** Where a key's meta data says that its text is the path of a file: `.meta({ [FILE_MARK]: 'secret' })`. */
export const FILE_MARK = 'x-file'
/** Where a key's meta data says that its value is never shown: `.meta({ [HIDDEN_MARK]: true })`. */
export const HIDDEN_MARK = 'x-hidden'

/** What a path in a configuration leads to; `secret` is a file that nobody else may read. */
export type FileMark = 'file' | 'secret' | 'folder' | 'socket'

/** The part of a JSON Schema (2020-12) that is looked at here. */
export type SchemaNode = {
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode | false
  readonly prefixItems?: readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly [FILE_MARK]?: FileMark
  readonly [HIDDEN_MARK]?: boolean
}

/** JSON Schema of what a configuration file may hold: keys with defaults may be left out. */
export function schemaDocument(schema: z.ZodType, title: string): SchemaNode {
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const { $schema, ...rest } = document
  return { $schema, title, ...rest } as SchemaNode
}

/** What the schema says about the key at `path`; of alternatives the first that has it. `undefined` for unknown keys. */
export function nodeAt(
  node: SchemaNode | undefined,
  path: readonly PropertyKey[],
): SchemaNode | undefined {
  const [first, ...rest] = path
  if (node === undefined || first === undefined) return node
  for (const alternative of node.anyOf ?? []) {
    const found = nodeAt(alternative, path)
    if (found !== undefined) return found
  }
  const child = typeof first === 'number' ? itemAt(node, first) : node.properties?.[String(first)]
  return nodeAt(child, rest)
}

/** Names of the keys that an object at `node` may have. */
export function keysOf(node: SchemaNode | undefined): readonly string[] {
  if (node === undefined) return []
  return [
    ...Object.keys(node.properties ?? {}),
    ...(node.anyOf ?? []).flatMap((alternative) => keysOf(alternative)),
  ]
}

function itemAt({ prefixItems, items }: SchemaNode, index: number): SchemaNode | undefined {
  return prefixItems?.[index] ?? (items === false ? undefined : items)
}
