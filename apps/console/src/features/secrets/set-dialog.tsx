// Sets or rotates a secret: its value is sealed in this page and never leaves it in the clear.
import { useState } from 'react'
import { teeClassBits } from '@wetee/manifest'
import {
  maxSecretBytes,
  planSecret,
  sealSecret,
  type AppDetails,
  type Network,
  type SealedVersion,
  type SecretRecord,
  type TeeClassName,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, NumberField, TextField } from '../../ui/field.tsx'
import { saveBytes } from '../../ui/save.ts'
import { SignDialog } from '../transactions/sign-dialog.tsx'
import { keepPending } from './pending-uploads.ts'

const classes = Object.keys(teeClassBits) as TeeClassName[]

type ChosenFile = { readonly name: string; readonly bytes: Uint8Array }
type Policy = { readonly teeClasses: readonly TeeClassName[]; readonly minLevel: number }

export function SetDialog(props: {
  app: AppDetails
  name: string
  known: readonly SecretRecord[]
  close: () => void
}) {
  const { app, known, close } = props
  const network = useNetwork()
  const [name, setName] = useState(props.name)
  const [value, setValue] = useState('')
  const [file, setFile] = useState<ChosenFile | undefined>()
  const [policy, setPolicy] = useState<Policy>(() => ({
    teeClasses: classes.filter((one) => (app.version.terms.teeClasses & teeClassBits[one]) !== 0),
    minLevel: app.version.terms.level,
  }))
  const [signing, setSigning] = useState<((signer: Network) => Promise<Sealing>) | undefined>()
  const existing = known.find((one) => one.name === name)
  const problem = problemOf(name, file?.bytes.length ?? new TextEncoder().encode(value).length)
  if (signing !== undefined) return <Sign seal={signing} network={network} close={close} />
  const submit = () => {
    const bytes = file?.bytes ?? new TextEncoder().encode(value)
    setValue('')
    setFile(undefined)
    setSigning(() => sealer(app.appId, name, bytes, policy))
  }
  return (
    <Dialog
      title={existing === undefined ? 'Set a secret' : `Rotate ${name}, version ${existing.latest}`}
      close={close}
    >
      <form
        className="menu"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="quiet">
          It is sealed to the network’s key here, in your browser. The chain learns a digest, the
          nodes a ciphertext that no fewer than a quorum of them opens together, and only for an
          attested instance.
        </p>
        {props.name === '' && (
          <Field
            label="Name"
            value={name}
            onValue={setName}
            input={{ spellCheck: false, autoCapitalize: 'off' }}
            hint="As the Compose file names it."
            problem={name === '' ? undefined : nameProblem(name)}
          />
        )}
        <ValueField {...{ value, setValue, file, setFile }} />
        <PolicyFields policy={policy} change={setPolicy} />
        <button type="submit" className="button primary" disabled={problem !== undefined}>
          Seal and review
        </button>
        {problem !== undefined && name !== '' && value !== '' && (
          <span className="hint">{problem}</span>
        )}
      </form>
    </Dialog>
  )
}

/** What is kept of one sealing over repeated plans: a second one would make a second ciphertext. */
type Sealing = SealedVersion

function sealer(appId: bigint, name: string, bytes: Uint8Array, policy: Policy) {
  let sealed: Promise<SealedVersion> | undefined
  return (signer: Network): Promise<SealedVersion> => {
    sealed ??= sealSecret(signer, { appId, name, value: bytes, policy }).then(
      (version) => {
        bytes.fill(0)
        return version
      },
      (error: unknown) => {
        sealed = undefined
        throw error
      },
    )
    return sealed
  }
}

function Sign(props: {
  seal: (signer: Network) => Promise<Sealing>
  network: Network
  close: () => void
}) {
  const { seal, network, close } = props
  return (
    <SignDialog
      close={close}
      plan={async (signer) => {
        const sealed = await seal(signer)
        // Before it is signed: whatever happens to this page, the ciphertext can still go to the nodes.
        keepPending(network, sealed)
        const plan = await planSecret(signer, sealed)
        return { ...plan, facts: [...plan.facts, ['Then', 'this page gives it to the nodes']] }
      }}
      onDone={() => close()}
    />
  )
}

/** Written, or a file. */
function ValueField(props: {
  value: string
  setValue: (value: string) => void
  file: ChosenFile | undefined
  setFile: (file: ChosenFile | undefined) => void
}) {
  const { value, setValue, file, setFile } = props
  return (
    <>
      {file === undefined ? (
        <TextField
          label="Value"
          value={value}
          onValue={setValue}
          rows={4}
          hint={`Byte for byte, at most ${maxSecretBytes.toLocaleString('en')} bytes. Nothing is added at its end.`}
        />
      ) : (
        <p>
          {file.name}, {file.bytes.length.toLocaleString('en')} bytes{' '}
          <button type="button" className="button small" onClick={() => setFile(undefined)}>
            Take another
          </button>
        </p>
      )}
      <FileChoice choose={setFile} />
    </>
  )
}

function FileChoice({ choose }: { choose: (file: ChosenFile) => void }) {
  const [problem, setProblem] = useState<string | undefined>()
  return (
    <label className="file">
      <span className="quiet">or a file </span>
      <input
        type="file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? []
          if (file === undefined) return
          if (file.size > maxSecretBytes) {
            setProblem(`${file.name} has ${file.size} bytes, at most ${maxSecretBytes} are sealed.`)
            return
          }
          setProblem(undefined)
          void file
            .arrayBuffer()
            .then((bytes) => choose({ name: file.name, bytes: new Uint8Array(bytes) }))
        }}
      />
      {problem !== undefined && (
        <span className="hint" role="alert">
          {problem}
        </span>
      )}
    </label>
  )
}

function PolicyFields({ policy, change }: { policy: Policy; change: (next: Policy) => void }) {
  const { teeClasses, minLevel } = policy
  return (
    <details>
      <summary>Who may be given it</summary>
      <fieldset className="plain">
        <legend className="label">Hardware</legend>
        {classes.map((one) => (
          <label key={one} className="inline">
            <input
              type="checkbox"
              checked={teeClasses.includes(one)}
              onChange={(event) =>
                change({
                  ...policy,
                  teeClasses: event.target.checked
                    ? [...teeClasses, one]
                    : teeClasses.filter((other) => other !== one),
                })
              }
            />{' '}
            {one}
          </label>
        ))}
      </fieldset>
      <NumberField
        label="Least security level"
        value={String(minLevel)}
        onValue={(text) => {
          if (/^\d{1,3}$/.test(text) && Number(text) <= 255)
            change({ ...policy, minLevel: Number(text) })
        }}
        hint="0 to 255, of the terms of whoever reads. Code is what the DAO accepts at the time."
      />
    </details>
  )
}

function nameProblem(name: string): string | undefined {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(name)
    ? undefined
    : '1 to 64 letters, digits, dots, _ and -, no dot in front.'
}

function problemOf(name: string, size: number): string | undefined {
  if (size === 0) return 'The value is empty.'
  if (size > maxSecretBytes) return `At most ${maxSecretBytes} bytes.`
  return nameProblem(name)
}

/** The owner's copy of a ciphertext, as a file. */
export function saveCopy(appId: string, name: string, version: number, bytes: Uint8Array): void {
  saveBytes(`application-${appId}-${name}-v${version}.sealed`, bytes)
}
