// Whether the bytes given at launch are the ones the hardware was launched with. Pure.
import { configDigest, launchField, nodeConfigDigest, type Hex } from '@wetee/attestation'
import { parseManifest, termsDigest, termsEqual, manifestDigest } from '@wetee/manifest'
import type { ManifestDocument } from '@wetee/manifest'
import { launchedAs, type AnyTeeDevice, type AnyTeeReport } from '@wetee/tee-device'
import { AgentError } from '../agent-error.ts'
import type { Log } from '../log.ts'
import type { InstanceLaunch, PlatformLaunch } from './launch-config.ts'

/**
 * Recomputes configDigest from the launch bytes and compares it with the launch field of the TEE's own report; checks the
 * manifest's form, that terms and ports repeat it. Returns the manifest.
 * Throws AgentError `launch.configuration-differs`, `launch.manifest-invalid`, `launch.terms-differ`, `launch.ports-differ`.
 */
export function checkInstanceLaunch(
  launch: InstanceLaunch,
  report: AnyTeeReport,
): ManifestDocument {
  const digest = configDigest({
    chainId: launch.chainId,
    cloud: launch.cloud,
    networkKey: launch.networkKey,
    appId: launch.appId,
    version: launch.version,
    manifestDigest: manifestDigest(launch.manifest),
    termsDigest: termsDigest(launch.terms),
  })
  compareConfiguration(digest, report)
  let manifest: ManifestDocument
  try {
    manifest = parseManifest(launch.manifest)
  } catch (cause) {
    throw new AgentError('launch.manifest-invalid', 'the manifest is not in canonical form', {
      cause,
    })
  }
  if (!termsEqual(manifest.terms, launch.terms))
    throw new AgentError('launch.terms-differ', 'the manifest repeats other terms than the chain')
  checkPorts(launch, manifest)
  return manifest
}

/** The same for a worker's own machine. Throws AgentError `launch.configuration-differs`. */
export function checkPlatformLaunch(launch: PlatformLaunch, report: AnyTeeReport): void {
  const { chainId, subnet, role, nodeId } = launch
  compareConfiguration(nodeConfigDigest({ chainId, subnet, role, nodeId }), report)
}

function compareConfiguration(digest: Hex, report: AnyTeeReport): void {
  const { platform, configuration } = launchedAs(report)
  const { name, value } = launchField(platform, digest)
  if (value !== configuration)
    throw new AgentError(
      'launch.configuration-differs',
      `the launch bytes give ${name} ${value}, the hardware was launched with ${configuration}`,
    )
}

/** Services share one network namespace, so a port belongs to one service; each must be in the manifest. */
function checkPorts(launch: InstanceLaunch, manifest: ManifestDocument): void {
  const published = new Set<string>()
  for (const service of manifest.services)
    for (const { target } of service.ports) published.add(`${service.name}:${target}`)
  const targets = new Set<number>()
  for (const { service, target } of launch.ports) {
    if (!published.has(`${service}:${target}`))
      throw new AgentError('launch.ports-differ', `${service}:${target} is not in the manifest`)
    if (targets.has(target))
      throw new AgentError('launch.ports-differ', `port ${target} is given twice`)
    targets.add(target)
  }
}

/** What a cluster runs beside the agent was pulled by the cluster. Throws AgentError `launch.images-unmeasured` outside of a simulated TEE. */
export function checkImages(
  { cluster }: Pick<InstanceLaunch, 'cluster'>,
  { simulated }: Pick<AnyTeeDevice, 'simulated'>,
): void {
  if (cluster !== undefined && !simulated)
    throw new AgentError(
      'launch.images-unmeasured',
      'nobody in this TEE has measured the images that the cluster runs',
    )
}

/** A guest in debug mode keeps no secrets; appraisal refuses it, here it is only said. */
export function checkDebug(report: Pick<AnyTeeReport, 'debug'>, log: Log): void {
  if (report.debug) log.warn({ code: 'launch.debug' }, 'this TEE is in debug mode')
}
