// For tests: a mail server on loopback that speaks SMTP (RFC 5321) and keeps what it takes. Serves TCP.
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Answers in the order of DATA; the last one stays. `hang`: no answer to the greeting. */
export type MailAnswer = 'take' | '451 try later' | '550 no such user' | 'hang'

/** A running server. */
export type MailServer = {
  readonly port: number
  readonly mails: string[]
  answers: MailAnswer[]
  close(): Promise<void>
}

/** Starts one. */
export async function startMailServer(): Promise<MailServer> {
  const mails: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    const answer = found.answers.length > 1 ? found.answers.shift() : found.answers[0]
    if (answer === 'hang') return
    const say = (line: string) => socket.write(`${line}\r\n`)
    let mail: string[] | undefined
    say('220 test ESMTP')
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (mail === undefined) {
        if (/^DATA$/i.test(line)) {
          mail = []
          say('354 go on')
        } else if (/^QUIT$/i.test(line)) {
          say('221 bye')
          socket.end()
        } else say('250 ok')
      } else if (line !== '.') mail.push(line)
      else {
        if (answer === 'take') mails.push(mail.join('\n'))
        say(answer === 'take' || answer === undefined ? '250 taken' : answer)
        mail = undefined
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const found: MailServer = {
    port: (server.address() as AddressInfo).port,
    mails,
    answers: ['take'],
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return found
}
