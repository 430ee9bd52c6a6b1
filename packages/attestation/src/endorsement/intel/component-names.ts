// What TCB info calls the components whose SVNs it asks for. Not needed to judge them. Pure.
import { AttestationError } from '../../error.ts'
import { parseJson } from '../../json.ts'
import { JsonFields } from './json-fields.ts'

/** Name of a component: who brings it (`BIOS`, `OS/VMM`) and what it is; null where not said. */
export type ComponentName = { readonly category: string | null; readonly type: string | null }

/** Names by list and index. */
export type ComponentNames = {
  readonly sgx: readonly ComponentName[]
  readonly tdx: readonly ComponentName[]
}

const COMPONENTS = 16
const MAX_LEVELS = 256
const MAX_CHARACTERS = 64
/** A name is shown to people: plain ASCII, nothing that steers a terminal. */
const PLAIN = /^[\x20-\x7e]+$/

/**
 * Names as the newest level has them, for TCB info that `parseTcbInfo` has read; a name that is no
 * plain text of at most 64 characters is null. Throws AttestationError `tcb-info.malformed`.
 */
export function readComponentNames(tcbInfo: string): ComponentNames {
  const code = 'tcb-info.malformed'
  const fields = new JsonFields(parseJson(tcbInfo, code), code, 'TCB info')
  const [newest] = fields.objects('tcbLevels', MAX_LEVELS)
  const namesIn = (list: string): ComponentName[] => {
    const tcb = newest?.object('tcb')
    if (tcb?.has(list) !== true) return []
    return tcb.objects(list, COMPONENTS).map((component) => ({
      category: nameIn(component, 'category'),
      type: nameIn(component, 'type'),
    }))
  }
  return { sgx: namesIn('sgxtcbcomponents'), tdx: namesIn('tdxtcbcomponents') }
}

function nameIn(component: JsonFields, field: 'category' | 'type'): string | null {
  if (!component.has(field)) return null
  try {
    const text = component.text(field)
    return text.length <= MAX_CHARACTERS && PLAIN.test(text) ? text : null
  } catch (error) {
    if (error instanceof AttestationError) return null
    throw error
  }
}
