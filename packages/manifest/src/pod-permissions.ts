// What the host of a pod that is a confidential machine may do in it, as it follows from a manifest and the agent's image. Pure.
import type { Healthcheck, Service } from './document.ts'

/** The agent's program that a service's program is run by, as the service sees it. */
export const launcherPath = '/run/wetee/launch'

/** How the agent is asked by its own program whether services may start; the first word is Node in the agent's image. */
export const agentProbe: readonly string[] = [
  '/usr/local/bin/node',
  '-e',
  `require('http').get({socketPath:'/run/wetee/agent.sock',path:'/v1/state'},(a)=>{let t='';a.on('data',(d)=>(t+=d)).on('end',()=>process.exit(/"state":"(verified|attested)"/.test(t)?0:1))}).on('error',()=>process.exit(1))`,
]

/** What a kubelet runs for a healthcheck: its program, by the launcher, so that none of its output reaches the host. */
export function probeProgram({ test }: Pick<Healthcheck, 'test'>): string[] {
  const [kind, ...words] = test
  return [launcherPath, ...(kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words)]
}

/** Images by digest (`sha256:..`) that may become containers of the pod, and programs that may be run in them: the agent's and the services', and their probes. */
export function podPermissions(
  agentImage: string,
  services: readonly Pick<Service, 'image' | 'healthcheck'>[],
): { readonly images: readonly string[]; readonly commands: readonly (readonly string[])[] } {
  const checks = services.flatMap(({ healthcheck }) =>
    healthcheck === undefined ? [] : [probeProgram(healthcheck)],
  )
  return {
    images: [agentImage, ...services.map(({ image }) => digestOf(image))],
    commands: [agentProbe, ...checks],
  }
}

/** Images of a manifest are pinned. */
function digestOf(image: string): string {
  return image.slice(image.lastIndexOf('@') + 1)
}
