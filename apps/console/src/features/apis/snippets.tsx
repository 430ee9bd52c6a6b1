// Code that calls the APIs, with the addresses of this network.
import { useState } from 'react'
import { inkClient, solidityClient, typeScriptClient, type ApiBook } from '@wetee/sdk'
import type { Address } from 'viem'
import { useNetwork } from '../../network/network.tsx'
import { Card, Copy, Facts, Hash } from '../../ui/parts.tsx'
import { saveText } from '../../ui/save.ts'
import { Toggles } from '../../ui/toggles.tsx'

const languages = [
  ['solidity', 'Solidity', 'sol'],
  ['typescript', 'TypeScript', 'ts'],
  ['ink', 'ink!', 'rs'],
] as const
type Language = (typeof languages)[number][0]

export function Snippets({ book }: { book: ApiBook }) {
  const { profile } = useNetwork()
  const [language, setLanguage] = useState<Language>('solidity')
  const { bridge } = profile.contracts
  if (bridge === undefined) return null
  const text = sourceOf(language, book, bridge)
  const [, , ending] = languages.find(([one]) => one === language) ?? languages[0]
  return (
    <Card
      title="Call it from your code"
      end={<Toggles label="Language" value={language} onValue={setLanguage} options={languages} />}
    >
      <div className="body">
        <Facts
          rows={[
            ['Bridge', <Hash key="b" hex={bridge} what="the Bridge's address" whole />],
            ['Chain', `${profile.chainId}, ${profile.name}`],
          ]}
        />
        <pre className="code tall" tabIndex={0}>
          {text}
        </pre>
        <div className="buttons">
          <Copy text={text} what="the code" />
          <button
            type="button"
            className="button small"
            onClick={() => saveText(`application-${book.appId}.${ending}`, text)}
          >
            Download
          </button>
          <span className="quiet">{notes[language]}</span>
        </div>
      </div>
    </Card>
  )
}

const notes: Readonly<Record<Language, string>> = {
  solidity: 'Its constructor takes the address of the Bridge.',
  typescript: 'Open the network with @wetee/sdk and an account that pays.',
  ink: 'A start, not compiled by this project: ink! 6 with abi = "sol".',
}

function sourceOf(language: Language, book: ApiBook, bridge: Address): string {
  if (language === 'typescript') return typeScriptClient(book)
  if (language === 'ink') return inkClient(book, bridge)
  return solidityClient(book, { name: `App${book.appId}Client`, contracts: '@wetee/contracts' })
}
