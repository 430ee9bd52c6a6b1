// A client of an application's APIs as source text for ink! 6, which calls Solidity contracts by their ABI. Pure.
import type { Definition } from '@wetee/bridge'
import type { Address } from 'viem'
import { SdkError } from '../error.ts'
import type { ApiBook, CallableApi } from './book.ts'
import { distinct } from './client-names.ts'

/** The interface of the Bridge as an ink! contract sees it, its address, and the numbers of each API. Throws `api.none-defined`. */
export function inkClient(book: ApiBook, bridge: Address): string {
  const apis = book.apis.filter((api): api is CallableApi => api.definition !== undefined)
  if (apis.length === 0)
    throw new SdkError(
      'api.none-defined',
      `application ${book.appId} has no API that can be called: \`wetee api sync\` adds them`,
    )
  const names = distinct(apis.map(({ name }) => name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')))
  const constants = apis.map(({ apiId, version, definition }, index) => {
    const list = (of: Definition['request'] | Definition['response']) =>
      of.map(({ type, name }) => `${type} ${name}`).join(', ')
    return `
/// ${definition.method} ${definition.path}: args are the ABI encoding of (${list(definition.request)}), the answer is (${list(definition.response)}).
pub const ${names[index]}_API: u32 = ${apiId};
pub const ${names[index]}_VERSION: u32 = ${version};
`
  })
  return `// APIs of application ${book.appId}, for a contract written in ink! 6 (abi = "sol").
use ink::{sol::{DynBytes, FixedBytes}, Address, U256};

/// The Bridge of this network.
pub const BRIDGE: [u8; 20] = ink::hex!("${bridge.slice(2).toLowerCase()}");
pub const APP_ID: u64 = ${book.appId};
${constants.join('')}
#[ink::contract_ref(abi = "sol")]
pub trait Bridge {
    /// What a call costs now.
    #[ink(message)]
    fn quote(&self, app_id: u64, api_id: u32, with_callback: bool) -> U256;

    /// Pay at least the quote. \`selector\` is that of a message of yours: (uint64 callId, uint16 status, bytes payload).
    #[ink(message, payable)]
    fn call(
        &mut self,
        app_id: u64,
        api_id: u32,
        api_version: u32,
        args: DynBytes,
        selector: FixedBytes<4>,
        refund_to: Address,
    ) -> u64;
}
`
}
