// Removal of a namespace that holds nothing any more. Does network I/O.
import type { Log } from '../../log.ts'
import type { ApiClient } from './api-client.ts'
import { statusOf } from './api-error.ts'
import type { ApiObject, Kind } from './api-object.ts'
import { isManaged } from './names.ts'

/** Kinds that keep a namespace whoever they belong to. */
const KEEPS: readonly Kind[] = ['Pod', 'PersistentVolumeClaim']
/** Kinds that keep it when they are somebody else's. */
const FOREIGN: readonly Kind[] = ['Service', 'ConfigMap']
/** Every cluster puts it into every namespace. */
const ROOT_CA = 'kube-root-ca.crt'

/** Removes a namespace of the driver's unless something is in it; one that was made anew meanwhile stays. */
export async function collectNamespace(
  client: ApiClient,
  { name, uid }: ApiObject['metadata'],
  log: Log,
): Promise<void> {
  try {
    for (const kind of [...KEEPS, ...FOREIGN]) {
      const { items } = await client.list(kind, { namespace: name })
      const keeps = items.some(
        ({ metadata }) =>
          KEEPS.includes(kind) || (!isManaged(metadata.labels) && metadata.name !== ROOT_CA),
      )
      if (keeps) return
    }
  } catch (error) {
    // Not bound yet, by another worker's process that is making it just now.
    if (statusOf(error) === 403) return
    throw error
  }
  await client.delete('Namespace', { name, uid })
  log.info({ namespace: name }, 'empty namespace removed')
}
