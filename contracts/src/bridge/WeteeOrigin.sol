// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title WeteeOrigin: base of contracts that accept calls of attested applications
/// @notice A call through the Forwarder carries behind its data which application's instance signed it: 8 bytes of the application's
/// number, 20 of the instance's key (as ERC-2771 does with a sender). A contract that runs calldata of its callers by delegatecall on itself,
/// as a multicall does, must not inherit this: such a call could carry any number.
abstract contract WeteeOrigin {
    uint256 private constant SUFFIX_BYTES = 28;

    address public immutable forwarder;

    /// @param appId 0: not a call through the Forwarder
    error NotFromApp(uint64 appId, uint64 expected);

    constructor(address forwarder_) {
        forwarder = forwarder_;
    }

    /// @dev For this application's instances alone.
    modifier onlyApp(uint64 appId) {
        requireApp(appId);
        _;
    }

    /// @dev Reverts unless an instance of this application, attested now, signed this call.
    function requireApp(uint64 appId) internal view {
        uint64 calling = callingApp();
        if (appId == 0 || calling != appId) revert NotFromApp(calling, appId);
    }

    /// @dev The application whose instance signed this call, 0 where it is another call.
    function callingApp() internal view returns (uint64) {
        if (msg.sender != forwarder || msg.data.length < SUFFIX_BYTES + 4) return 0;
        return uint64(bytes8(msg.data[msg.data.length - SUFFIX_BYTES:msg.data.length - 20]));
    }

    /// @dev Its key, 0 where it is another call.
    function callingInstance() internal view returns (address) {
        return callingApp() == 0 ? address(0) : address(bytes20(msg.data[msg.data.length - 20:]));
    }
}
