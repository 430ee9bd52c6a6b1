// contracts/examples/Notebook.sol on a devnet: at the address that its code and its Forwarder say, so that a later start finds it. Network I/O.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  concatHex,
  createPublicClient,
  createWalletClient,
  encodeDeployData,
  getContractAddress,
  http,
  parseAbi,
  zeroHash,
  type Abi,
  type Hex,
} from 'viem'
import { anvil as localChain } from 'viem/chains'
import type { Accounts } from './accounts.ts'

const artifactFile = fileURLToPath(import.meta.resolve('@wetee/contracts/artifacts/Notebook.json'))
/** Of the local chain from its first block on: takes a salt and creation code. */
const create2Deployer = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

export const notebookAbi = parseAbi([
  'function write(uint64 appId, string text)',
  'struct Note { string text; address instance; uint64 writtenAt; }',
  'function noteOf(uint64 appId) view returns (Note)',
  'error NotFromApp(uint64 appId, uint64 expected)',
])

/** Deploys it unless it is there; returns its address, in lower case as manifests have it. */
export async function deployNotebook(
  { rpcUrl, accounts }: { readonly rpcUrl: string; readonly accounts: Accounts },
  forwarder: Hex,
): Promise<Hex> {
  const transport = http(rpcUrl)
  const client = createPublicClient({ transport, chain: localChain, pollingInterval: 200 })
  const { abi, bytecode } = JSON.parse(readFileSync(artifactFile, 'utf8')) as {
    abi: Abi
    bytecode: Hex
  }
  const code = encodeDeployData({ abi, bytecode, args: [forwarder] })
  const from = create2Deployer
  const address = getContractAddress({ opcode: 'CREATE2', bytecode: code, from, salt: zeroHash })
  if ((await client.getCode({ address })) === undefined) {
    const wallet = createWalletClient({ account: accounts.admin, chain: localChain, transport })
    const hash = await wallet.sendTransaction({ to: from, data: concatHex([zeroHash, code]) })
    await client.waitForTransactionReceipt({ hash })
    if ((await client.getCode({ address })) === undefined)
      throw new Error('the example contract was not deployed')
  }
  return address.toLowerCase() as Hex
}
