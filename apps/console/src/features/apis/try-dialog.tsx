// Calls an API from the connected account: arguments as text, checked as they are written, then signed and paid.
import { useState } from 'react'
import type { Hex } from 'viem'
import { encodeTexts, planCall, signatureOf } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { SignDialog } from '../transactions/sign-dialog.tsx'

type CallableApi = Parameters<typeof planCall>[2]

export function TryDialog(props: { appId: bigint; api: CallableApi; close: () => void }) {
  const { appId, api, close } = props
  const { definition } = api
  const [texts, setTexts] = useState<readonly string[]>(() => definition.request.map(() => ''))
  const [args, setArgs] = useState<Hex | undefined>()
  const { encoded, problem } = encode(definition, texts)
  if (args !== undefined)
    return (
      <SignDialog
        close={close}
        plan={(signer) => planCall(signer, appId, api, args)}
        onDone={close}
      />
    )
  return (
    <Dialog title={`Try ${definition.name}`} close={close}>
      <form
        className="menu"
        onSubmit={(event) => {
          event.preventDefault()
          setArgs(encoded)
        }}
      >
        <pre className="code wrap" tabIndex={0}>
          {signatureOf(definition)}
        </pre>
        {definition.request.map(({ name, type }, index) => (
          <Field
            key={name}
            label={`${name} (${type})`}
            value={texts[index] ?? ''}
            onValue={(text) => setTexts(texts.map((old, place) => (place === index ? text : old)))}
            hint={type.endsWith('[]') ? 'A JSON list such as ["a","b"].' : ''}
            input={{ spellCheck: false, autoCapitalize: 'off' }}
          />
        ))}
        {problem !== undefined && texts.some((text) => text !== '') && (
          <span className="hint" role="alert">
            {problem}
          </span>
        )}
        <p className="quiet">
          Arguments and answer are public for ever. The fee comes back where no answer comes.
        </p>
        <button type="submit" className="button primary" disabled={encoded === undefined}>
          Review the call
        </button>
      </form>
    </Dialog>
  )
}

function encode(
  definition: CallableApi['definition'],
  texts: readonly string[],
): { readonly encoded?: Hex; readonly problem?: string } {
  try {
    return { encoded: encodeTexts(definition, texts) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
