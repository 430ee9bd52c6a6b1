// Looks at the files that a configuration names: there, of the right kind, closed to others. Does file I/O.
import { accessSync, constants, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { Condition } from './condition.ts'
import { FILE_MARK, nodeAt, type FileMark, type SchemaNode } from './config-document.ts'
import type { ConfigValue } from './config-values.ts'
import { codeOf } from './daemon-error.ts'

/** What is wrong with the files of a configuration; empty when nothing is. Their contents are not read. */
export function checkConfigFiles(
  document: SchemaNode,
  values: readonly ConfigValue[],
): Condition[] {
  return values.flatMap(({ key, value }) => {
    const path = key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    const mark = nodeAt(document, path)?.[FILE_MARK]
    if (mark === undefined || typeof value !== 'string') return []
    const problem = problemOf(mark, value)
    return problem === undefined ? [] : [{ ...problem, text: `${key}: ${problem.text}` }]
  })
}

function problemOf(mark: FileMark, path: string): Condition | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return absent(mark, path)
  const kind = kindOf(stat)
  if (kind !== (mark === 'secret' ? 'file' : mark))
    return wrong('config.file-kind', `${path} is no ${mark}`, `name a ${mark} instead`)
  if (mark === 'secret' && (stat.mode & 0o077) !== 0)
    return wrong('config.file-open', `${path} can be read by others`, `chmod 600 ${path}`)
  const missing = refusedAccess(mark, path)
  if (missing === undefined) return undefined
  return wrong(
    'config.file-denied',
    `${path} may not be ${missing} by this user`,
    `give it to the daemon's user: chown $(id -un) ${path}`,
  )
}

/** A folder is made at the start, and a socket may come later; a file has to be there. */
function absent(mark: FileMark, path: string): Condition | undefined {
  if (mark === 'socket')
    return {
      ...wrong('config.file-missing', `${path} is not there yet`, 'start what listens there'),
      severity: 'warning',
    }
  if (mark !== 'folder')
    return wrong(
      'config.file-missing',
      `${path} does not exist`,
      'put it there, or correct the path',
    )
  const above = dirname(path)
  if (above === path || statSync(above, { throwIfNoEntry: false }) === undefined)
    return above === path ? undefined : absent('folder', above)
  return refusedAccess('folder', above) === undefined
    ? undefined
    : wrong(
        'config.file-denied',
        `${path} does not exist and this user may not make it`,
        `install -d -m 700 -o $(id -un) ${path}`,
      )
}

function refusedAccess(mark: FileMark, path: string): 'read' | 'written' | undefined {
  const write = mark === 'folder' || mark === 'socket'
  try {
    accessSync(path, write ? constants.W_OK : constants.R_OK)
    return undefined
  } catch (error) {
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EROFS') return write ? 'written' : 'read'
    throw error
  }
}

function kindOf(stat: Stats): Exclude<FileMark, 'secret'> | undefined {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  return stat.isSocket() ? 'socket' : undefined
}

function wrong(code: string, text: string, remedy: string): Condition {
  return { code, severity: 'error', text, remedy }
}
