// Tells systemd that a service is ready (sd_notify). Starts a process: Node has no datagrams over Unix sockets.
import { spawn } from 'node:child_process'

const PROGRAM = 'systemd-notify'

/**
 * Says that this process serves and is the main one of its unit from now on. Does nothing but where systemd waits for it (`Type=notify`, `NotifyAccess=all`). True when it was told; false when nobody asks,
 * or when there is no `systemd-notify`.
 */
export async function notifyManager(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean> {
  if ((environment['NOTIFY_SOCKET'] ?? '') === '') return false
  const child = spawn(PROGRAM, ['--ready', `--pid=${process.pid}`], {
    stdio: 'ignore',
    env: environment,
  })
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
