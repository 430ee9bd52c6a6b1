// What a worker keeps on its disk beside what the chain has. Opens databases, reads and writes files.
import { join } from 'node:path'
import { openKeptTexts, type KeptTexts } from '@wetee/daemon'
import { BodyStore } from './bridge/body-store.ts'
import { openCertificateStore, type CertificateStore } from './ingress/certificate-store.ts'
import { openPortStore, type PortStore } from './ingress/port-store.ts'
import { SealedStore } from './sealed/sealed-store.ts'

/** All of them. */
export type Stores = {
  /** Which port an application had. */
  readonly ports: PortStore
  readonly certificates: CertificateStore
  /** What guests have sealed to their owners. */
  readonly sealed: SealedStore
  /** Large answers to contracts. */
  readonly bodies: BodyStore
  /** Evidence behind the proofs of this machine. */
  readonly shelf: KeptTexts
  close(): void
}

/** Proofs of this machine whose evidence can be read; two are live at most. */
const KEPT_EVIDENCE = 4

/** Opens them below `stateDir`. */
export function openStores(stateDir: string): Stores {
  const ports = openPortStore(join(stateDir, 'ingress.db'))
  const certificates = openCertificateStore(join(stateDir, 'ingress.db'))
  const sealed = new SealedStore(join(stateDir, 'sealed.db'), Date.now)
  const bodies = new BodyStore(join(stateDir, 'answers.db'))
  const shelf = openKeptTexts(join(stateDir, 'evidence'), KEPT_EVIDENCE)
  return {
    ...{ ports, certificates, sealed, bodies, shelf },
    close: () => {
      ports.close()
      certificates.close()
      sealed.close()
      bodies.close()
    },
  }
}
