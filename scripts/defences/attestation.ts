// What makes evidence of hardware believed (docs/reference/attestation.md): paths to pinned roots, lists, Intel's collateral and enclaves.
import type { Defence } from './defence.ts'

const source = 'packages/attestation/src'
const chain = `${source}/x509/chain.ts`
const collateral = `${source}/appraisal/intel/collateral.ts`
const quote = `${source}/appraisal/intel/quote.ts`
const enclave = `${source}/appraisal/intel/quoting-enclave.ts`
const module = `${source}/appraisal/intel/tdx-module.ts`
const status = `${source}/appraisal/intel/tcb-status.ts`
const path = (name: string) => ({ file: `${source}/x509/chain.test.ts`, name })
const appraised = (name: string) => ({ file: `${source}/appraisal/appraise.test.ts`, name })
const quoting = (name: string) => ({
  file: `${source}/appraisal/intel/quoting-enclave.test.ts`,
  name,
})
const levels = (name: string) => ({ file: `${source}/appraisal/intel/tcb-status.test.ts`, name })

const paths: readonly Defence[] = [
  {
    name: 'a certificate is signed by the key above it',
    file: chain,
    remove: 'checks.verify(issuer.publicKey, signed, signature, () =>',
    by: 'checks.start(issuer.publicKey, signed, signature); [].map(() =>',
    tests: [
      path('with a leaf that another key has signed is refused'),
      path('with a leaf whose bytes differ is refused'),
    ],
  },
  {
    name: 'a leaf issues nothing',
    file: chain,
    remove: "if (isCa || keyUsage?.has(KEY_USAGE.keyCertSign)) return 'a CA where a leaf belongs'",
    by: '',
    tests: [
      path('with a leaf that is a CA is refused'),
      path('with a leaf that may sign certificates is refused'),
    ],
  },
  {
    name: 'an issuer is a CA',
    file: chain,
    remove: "if (!isCa) return 'not a CA'",
    by: '',
    tests: [
      path('with a CA that is none is refused'),
      path('with a root that is no CA is refused'),
    ],
  },
  {
    name: 'a CA may sign certificates',
    file: chain,
    remove: "if (!keyUsage?.has(KEY_USAGE.keyCertSign)) return 'may not sign certificates'",
    by: '',
    tests: [path('with a CA that may not sign certificates is refused')],
  },
  {
    name: 'a path is no longer than its CAs allow',
    file: chain,
    remove: 'pathLength !== undefined && pathLength < below - 1',
    by: 'pathLength === -1',
    tests: [path('with a root that allows no CA below is refused')],
  },
  {
    name: 'a certificate names who issued it',
    file: chain,
    remove:
      "if (!equalBytes(certificate.issuer, above.subject)) return 'issued under another name'",
    by: '',
    tests: [path('with a leaf that names another issuer is refused')],
  },
  {
    name: 'certificates have names of their kind',
    file: chain,
    remove: 'phrases.some((phrase) => commonName.includes(phrase))',
    by: 'commonName.length > 0',
    tests: [path('with a leaf of another name is refused')],
  },
  {
    name: 'certificates count from their first second to their last',
    file: chain,
    remove: "if (atMs > certificate.notAfterMs) throw refused(rules, certificate, 'expired')",
    by: '',
    tests: [path('after it ends is refused')],
  },
  {
    name: 'a list of revocations is signed by its issuer',
    file: chain,
    remove: 'checks.verify(issuer.publicKey, list.signed, list.signature, notSigned)',
    by: 'checks.start(issuer.publicKey, list.signed, list.signature)',
    tests: [path('signed by another key is refused as pck-crl.invalid')],
  },
  {
    name: 'a list of revocations is not older than it may be',
    file: chain,
    remove: 'if (atMs > nextUpdateMs) throw new AttestationError(`${which}.expired`',
    by: 'if (atMs < 0) throw new AttestationError(`${which}.expired`',
    tests: [
      path('after it ends is refused as pck-crl.expired'),
      appraised('of an earlier time do not replace one list only'),
    ],
  },
  {
    name: 'what a list names does not count',
    file: chain,
    remove: 'if (list.revokedSerials.has(serial))',
    by: 'if (list.revokedSerials.has(serial) && commonName === serial)',
    tests: [appraised('a revoked chip is refused by collateral issued afterwards')],
  },
]

const intel: readonly Defence[] = [
  {
    name: 'the attestation key has signed the quote',
    file: quote,
    remove: '  requireQuoteSignature(endorsed, context)\n',
    by: '',
    tests: [appraised('no bit of header, report, signature, key or QE report may change')],
  },
  {
    name: 'the quoting enclave names the attestation key',
    file: enclave,
    remove: 'if (!equalBytes(qeReport.reportData, bound))',
    by: 'if (bound.length === 0)',
    tests: [
      quoting('another attestation key is refused as qe-report.data'),
      quoting('something behind the hash is refused as qe-report.data'),
    ],
  },
  {
    name: 'the PCK has signed the report of the quoting enclave',
    file: enclave,
    remove: '  demandQeReport()\n',
    by: '',
    tests: [quoting('a report that the PCK has not signed is refused')],
  },
  {
    name: 'a quoting enclave in debug mode counts under no mask',
    file: enclave,
    remove: "if (((report.attributes[0] ?? DEBUG) & DEBUG) !== 0) return 'in debug mode'",
    by: '',
    tests: [quoting('debug mode under a mask that forgets it is refused')],
  },
  {
    name: 'the quoting enclave is its vendor’s',
    file: enclave,
    remove:
      "if (!equalBytes(report.mrSigner, identity.mrSigner)) return 'another signer than its identity'",
    by: '',
    tests: [quoting('another signer is refused as qe-identity.mismatch')],
  },
  {
    name: 'the TDX module is its vendor’s',
    file: module,
    remove: 'if (!equalBytes(signer.mrSigner, report.mrSignerSeam))',
    by: 'if (signer.mrSigner.length === 0)',
    tests: [
      {
        file: `${source}/appraisal/intel/tdx-module.test.ts`,
        name: 'another signer than its identity says is refused in every generation',
      },
    ],
  },
  {
    name: 'TCB info and QE identity are signed by their vendor',
    file: collateral,
    remove: 'checks.verify(signedBy.publicKey, utf8(endorsements[field]), signature, refusal)',
    by: 'checks.start(signedBy.publicKey, utf8(endorsements[field]), signature)',
    tests: [
      appraised('tcb_info of another vendor is refused'),
      appraised('qe_identity_signature of another vendor is refused'),
    ],
  },
  {
    name: 'the signer of TCB info is no chip',
    file: collateral,
    remove: "phrases: [['SGX TCB Signing'], ROOT_PHRASES]",
    by: "phrases: ['any', ROOT_PHRASES]",
    tests: [
      {
        file: `${source}/appraisal/intel/signers.test.ts`,
        name: 'a second signer that is not for TCB signs neither TCB info nor a QE identity',
      },
    ],
  },
  {
    name: 'TCB info is not older than it may be',
    file: collateral,
    remove: "  requireCurrent(tcbInfo, 'tcb-info', atMs)\n",
    by: '',
    tests: [appraised('of an earlier time do not replace one list only')],
  },
  {
    name: 'a level that is revoked is refused',
    file: status,
    remove: "if (atLaunch === 'Revoked' || now === 'Revoked')",
    by: "if (atLaunch === 'Revoked' && now === 'UpToDate')",
    tests: [
      levels('a revoked level is refused, at launch or now'),
      appraised('a revoked TCB is refused'),
    ],
  },
  {
    name: 'a whole is no better than its parts',
    file: status,
    remove: "return others.includes('OutOfDate') ? OUT_OF_DATE[platform] : platform",
    by: 'return platform',
    tests: [levels('a whole is never better than its parts')],
  },
  {
    name: 'a platform has a level whose SVNs it reaches',
    file: status,
    remove: 'if (have < need) missing.push({ of, index, have, need })',
    by: 'if (have < 0) missing.push({ of, index, have, need })',
    tests: [levels('a platform has the newest level that all its SVNs reach')],
  },
]

const verified = (name: string) => ({ file: 'packages/sdk/src/verify/verify.test.ts', name })
const leased = (name: string) => ({ file: 'apps/dsecret/src/appraise/instance.test.ts', name })
const initdata = `${source}/binding/initdata.ts`

const pods: readonly Defence[] = [
  {
    name: 'a pod shows the policy of its manifest and its agent',
    file: initdata,
    remove: 'field: initdataLaunchField(platform, configDigest, pod.policy)',
    by: 'field: initdataLaunchField(platform, configDigest)',
    tests: [verified('ATTACK initdata without a policy fails the step configuration')],
  },
  {
    name: 'a pod is not launched with the digest of its configuration itself',
    file: initdata,
    remove: 'field: initdataLaunchField(platform, configDigest, pod.policy)',
    by: 'field: launchField(platform, configDigest)',
    tests: [
      verified('ATTACK a pod without initdata fails the step configuration'),
      leased('ATTACK a pod of another initdata, of none, or that hides or changes its agent'),
    ],
  },
  {
    name: 'nodes accept a pod by guest and agent together',
    file: initdata,
    remove: 'measurementId: podMeasurementId(measurementId, pod.agentImage)',
    by: 'measurementId',
    tests: [leased('of guest and agent together, once both are accepted')],
  },
  {
    name: 'verification accepts a pod by guest and agent together',
    file: 'packages/sdk/src/verify/checks.ts',
    remove: 'agentImage === undefined ? guest : podMeasurementId(guest, agentImage)',
    by: 'guest',
    tests: [verified('ATTACK a pod accepted by its guest alone fails the step measurement')],
  },
]

export const attestation: readonly Defence[] = [...paths, ...intel, ...pods]
