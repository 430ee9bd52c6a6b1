// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {IKeys} from "../../src/keys/IKeys.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {Roles} from "../../src/dao/Roles.sol";
import {Fixture} from "../Fixture.sol";
import {vm} from "../Vm.sol";

/// @dev What Misconduct reads of Keys, as a committee confirmed it.
contract ConfirmedBoard {
    bytes private _encryptionKey;
    bytes private _verificationKey;
    mapping(uint64 epoch => IKeys.Confirmation) private _confirmations;

    function confirm(uint64 epoch, bytes32 sessionId, bytes32 transcriptDigest) external {
        _confirmations[epoch] = IKeys.Confirmation(1, 1, sessionId, transcriptDigest);
    }

    function setNetworkKey(bytes calldata encryptionKey, bytes calldata verificationKey) external {
        (_encryptionKey, _verificationKey) = (encryptionKey, verificationKey);
    }

    /// @dev Of the epoch that the case is about; another one is the newest.
    function keyAt(uint32 number) external view returns (IKeys.NetworkKey memory key) {
        if (number != 1) return key;
        (key.encryptionKey, key.verificationKey) = (_encryptionKey, _verificationKey);
    }

    function frozenEpoch() external pure returns (uint64) {
        return 0;
    }

    function confirmation(uint64 epoch) external view returns (IKeys.Confirmation memory) {
        return _confirmations[epoch];
    }

    function isConfirmed(uint64 epoch) external view returns (bool) {
        return _confirmations[epoch].session != 0;
    }
}

/// @dev Releases of releases.json, made by contracts/release-cases.ts, signed by member 2 of a committee that confirmed their shares.
abstract contract ReleaseStand is Fixture {
    struct Case {
        string name;
        bool wrong;
        bytes32 requestDigest;
        bytes32 releaseDigest;
        IMisconduct.SignedRelease signed;
        IMisconduct.Hints hints;
    }

    IMisconduct internal misconduct;
    ConfirmedBoard internal board;
    string internal file;

    function members() internal pure virtual returns (uint256 size, uint16 threshold) {
        return (3, 2);
    }

    function setUp() public virtual override {
        vm.warp(T0);
        vm.roll(B0);
        (uint256 size, uint16 threshold) = members();
        deployNetwork(ISubnet.NetworkKind.Development, 1, size, threshold);
        misconduct = IMisconduct(deploy("Misconduct", abi.encode(manager, subnet, quorum, 500)));
        board = new ConfirmedBoard();
        vm.startPrank(ADMIN);
        manager.grantRole(Roles.SLASHER, address(misconduct), 0);
        quorum.setKeys(address(board), 1 days);
        vm.stopPrank();
        file = vm.readFile("test/discipline/releases.json");
    }

    /// @dev The epoch's shares become those of a committee in the file.
    function confirmShares(string memory name) internal {
        string memory at = string.concat(".committees.", name);
        board.setNetworkKey(
            vm.parseJsonBytes(file, string.concat(at, ".encryptionKey")),
            vm.parseJsonBytes(file, string.concat(at, ".verificationKey"))
        );
        board.confirm(
            1,
            vm.parseJsonBytes32(file, string.concat(at, ".sessionId")),
            vm.parseJsonBytes32(file, string.concat(at, ".transcriptDigest"))
        );
    }

    function caseCount() internal view returns (uint256) {
        return vm.parseJsonUint(file, ".count");
    }

    function committeeOf(uint256 number) internal view returns (string memory) {
        return vm.parseJsonString(file, string.concat(path(number), ".sharing"));
    }

    function readCase(uint256 number) internal view returns (Case memory c) {
        string memory at = path(number);
        c.name = vm.parseJsonString(file, string.concat(at, ".name"));
        c.wrong = vm.parseJsonBool(file, string.concat(at, ".wrong"));
        c.requestDigest = vm.parseJsonBytes32(file, string.concat(at, ".requestDigest"));
        c.releaseDigest = vm.parseJsonBytes32(file, string.concat(at, ".releaseDigest"));
        (c.signed, c.hints) = abi.decode(
            vm.parseJsonBytes(file, string.concat(at, ".data")), (IMisconduct.SignedRelease, IMisconduct.Hints)
        );
        sign(c, 1);
    }

    function caseOf(string memory name) internal view returns (Case memory) {
        for (uint256 i = 0; i < caseCount(); i++) {
            string memory found = vm.parseJsonString(file, string.concat(path(i), ".name"));
            if (keccak256(bytes(found)) == keccak256(bytes(name))) return readCase(i);
        }
        revert(string.concat("no such case: ", name));
    }

    /// @dev By the key of node `signer` + 1, over the digests that the file has, not those that the contract computes.
    function sign(Case memory c, uint256 signer) internal view {
        bytes32 typeHash =
            keccak256("ReleaseReply(uint64 epoch,uint64 nodeId,bytes32 requestDigest,bytes32 releaseDigest)");
        bytes32 hash =
            keccak256(abi.encode(typeHash, c.signed.epoch, c.signed.nodeId, c.requestDigest, c.releaseDigest));
        c.signed.signature = signOne(nodeKeys[signer], typedDigest(hash));
    }

    function path(uint256 number) private pure returns (string memory) {
        return string.concat(".cases[", vm.toString(number), "]");
    }
}
