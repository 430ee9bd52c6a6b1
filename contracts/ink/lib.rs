//! A consumer of the Bridge in ink! v6 with Solidity's encoding: asks an oracle for a price, and keeps the answer.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

use ink::{
    Address, U256,
    sol::{DynBytes, FixedBytes},
};

/// Of contracts/src/bridge/IBridge.sol what a consumer calls.
#[ink::trait_definition]
pub trait Bridge {
    #[ink(message)]
    fn quote(&self, app_id: u64, api_id: u32, with_callback: bool) -> U256;

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

/// What `call` takes, as types of Solidity.
pub type CallTypes = (u64, u32, u32, DynBytes, FixedBytes<4>, Address);
/// What `quote` takes.
pub type QuoteTypes = (u64, u32, bool);

/// `onWeteeAnswer(uint64,uint16,bytes)`.
pub const CALLBACK: [u8; 4] = [0xb2, 0x51, 0x20, 0x04];

#[ink::contract]
pub mod price_reader {
    use super::{CALLBACK, Bridge};
    use ink::{
        U256,
        codegen::TraitCallBuilder,
        prelude::string::String,
        sol::{DynBytes, FixedBytes, SolParamsDecode, SolParamsEncode},
    };

    #[ink(storage)]
    pub struct PriceReader {
        bridge: Address,
        app_id: u64,
        api_id: u32,
        api_version: u32,
        price: U256,
        at: u64,
        /// Of the newest answer.
        status: u16,
    }

    #[ink(event)]
    pub struct PriceRead {
        #[ink(topic)]
        call_id: u64,
        price: U256,
        at: u64,
    }

    impl PriceReader {
        #[ink(constructor, payable)]
        pub fn new(bridge: Address, app_id: u64, api_id: u32, api_version: u32) -> Self {
            let price = U256::zero();
            Self { bridge, app_id, api_id, api_version, price, at: 0, status: 0 }
        }

        /// Asks for a price, out of this contract's balance; anybody may.
        #[ink(message)]
        pub fn ask(&mut self, symbol: String) -> u64 {
            let mut bridge: ink::contract_ref_from_path!(Bridge) = self.bridge.into();
            let fee = bridge.quote(self.app_id, self.api_id, true);
            bridge
                .call_mut()
                .call(
                    self.app_id,
                    self.api_id,
                    self.api_version,
                    DynBytes(SolParamsEncode::encode(&(symbol,))),
                    FixedBytes(CALLBACK),
                    self.env().address(),
                )
                .transferred_value(fee)
                .invoke()
        }

        /// The callback: an answer that is none leaves the price as it is.
        #[ink(message, name = "onWeteeAnswer")]
        pub fn on_wetee_answer(&mut self, call_id: u64, status: u16, payload: DynBytes) {
            assert!(self.env().caller() == self.bridge, "not the Bridge");
            self.status = status;
            if status / 100 != 2 {
                return;
            }
            let (price, at, _spread, _sources) =
                <(U256, u64, u32, u8) as SolParamsDecode>::decode(&payload.0)
                    .expect("the types of the definition");
            self.price = price;
            self.at = at;
            self.env().emit_event(PriceRead { call_id, price, at });
        }

        #[ink(message)]
        pub fn price(&self) -> (U256, u64) {
            (self.price, self.at)
        }
    }
}
