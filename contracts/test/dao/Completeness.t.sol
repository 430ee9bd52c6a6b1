// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {vm} from "../Vm.sol";
import {Privileges} from "./Privileges.sol";
import {Records, records} from "./Records.sol";

/// @dev No function is forgotten: every function of every compiled contract under the authority is either in the table of
/// privileges or said here to be open.
contract CompletenessTest is Privileges {
    function setUp() public override {
        super.setUp();
        listPrivileges();
    }

    /// @dev Open to all, or by rules of their own (an owner's, an operator's, a voter's): whoever adds a function says so here.
    function openIn(string memory name) private pure returns (string memory json) {
        bytes32 key = keccak256(bytes(name));
        if (key == keccak256("Quorum")) return '["verify","activate","renewCommittee"]';
        if (key == keccak256("Keys")) return '["open","register","deal","complain","reveal","recover","confirm"]';
        if (key == keccak256("Subnet")) return SUBNET;
        if (key == keccak256("Cloud")) return CLOUD;
        if (key == keccak256("Apis")) return APIS;
        if (key == keccak256("Bridge")) return BRIDGE;
        if (key == keccak256("Forwarder")) return '["fund","release","setDayCap","forward","withdraw"]';
        if (key == keccak256("Complaints")) return '["file","answer","dismiss","withdraw"]';
        if (key == keccak256("Misconduct")) {
            return '["reportLeases","reportConfirmations","reportMessages","reportRelease"]';
        }
        if (key == keccak256("WeteeToken")) return TOKEN;
        if (key == keccak256("Members")) return '["join","resign"]';
        if (key == keccak256("WeteeGovernor")) return GOVERNOR_OPEN;
        if (key == keccak256("Timelock")) return TIMELOCK_OPEN;
        return AUTHORITY;
    }

    string private constant SUBNET =
        '["bond","cancelWithdrawal","requestWithdrawal","withdrawStake","withdraw","sweep","proveNodes","revoke","reserve","release","registerWorker","updateWorker","setOperator","setPrices","drain","shutdown","uploadWork","registerNode","setNodeKeys","leaveNode"]';
    string private constant CLOUD =
        '["create","update","activate","dropPending","terminate","migrate","scale","configure","pause","resume","giveNotice","setGuardian","freeze","setSpendingCap","offerOwnership","takeOwnership","setDeployKey","revokeDeployKey","updateByDeployKey","recordBuild","renew","recharge","settle","withdraw","withdrawTo","sweep"]';
    string private constant APIS =
        '["register","setPaused","addApi","updateApi","setApiTerms","deleteApi","setCallers","multicall"]';
    string private constant BRIDGE =
        '["call","replay","subscribe","topUp","cancel","fulfil","fulfilMany","expire","trigger","withdraw","withdrawFor","sweep"]';
    string private constant TOKEN = '["transfer","transferFrom","approve","permit","delegate","delegateBySig"]';
    string private constant GOVERNOR_OPEN =
        '["propose","queue","execute","cancel","castVote","castVoteBySig","castVoteWithReason","castVoteWithReasonAndParams","castVoteWithReasonAndParamsBySig","resignGuardian","onERC721Received","onERC1155Received","onERC1155BatchReceived"]';
    string private constant TIMELOCK_OPEN =
        '["execute","executeBatch","onERC721Received","onERC1155Received","onERC1155BatchReceived"]';
    string private constant AUTHORITY =
        '["schedule","execute","cancel","consumeScheduledOp","multicall","renounceRole"]';

    function test_every_function_of_quorum_is_known() public {
        requireKnown("Quorum", "Quorum", address(quorum));
    }

    function test_every_function_of_keys_is_known() public {
        requireKnown("Keys", "Keys", address(keys));
    }

    function test_every_function_of_the_subnet_is_known() public {
        requireKnown("Subnet", "Subnet", address(subnet));
        requireKnown("Subnet", "Registry", address(subnet));
    }

    function test_every_function_of_the_cloud_is_known() public {
        requireKnown("Cloud", "Cloud", address(cloud));
        requireKnown("Cloud", "Applications", address(cloud));
        requireKnown("Cloud", "Moves", address(cloud));
        requireKnown("Cloud", "Deliveries", address(cloud));
    }

    function test_every_function_of_the_bridge_is_known() public {
        requireKnown("Apis", "Apis", address(apis));
        requireKnown("Bridge", "Bridge", address(bridge));
        requireKnown("Forwarder", "Forwarder", address(forwarder));
    }

    function test_every_function_of_complaints_and_misconduct_is_known() public {
        requireKnown("Complaints", "Complaints", address(complaints));
        requireKnown("Misconduct", "Misconduct", address(misconduct));
    }

    function test_every_function_of_the_dao_is_known() public {
        requireKnown("WeteeToken", "WeteeToken", address(token));
        requireKnown("Members", "Members", address(members));
        requireKnown("WeteeGovernor", "WeteeGovernor", address(normal));
        requireKnown("WeteeGovernor", "WeteeGovernor", address(fast));
        requireKnown("Timelock", "Timelock", address(treasury));
        requireKnown("Timelock", "Timelock", address(fastTimelock));
        requireKnown("Authority", "Authority", address(authority));
    }

    function test_every_contract_under_the_authority_is_among_these() public view {
        string[] memory walked = records.parseJsonStringArray(
            '["Quorum","Keys","Subnet","Registry","Cloud","Applications","Moves","Deliveries","Complaints","Misconduct","Apis","Bridge","Forwarder","WeteeToken","Members","WeteeGovernor","Timelock"]',
            "$"
        );
        uint256 found;
        Records.DirEntry[] memory files = records.readDir("src", 3);
        for (uint256 i = 0; i < files.length; i++) {
            if (files[i].isDir) continue;
            string memory name = nameOf(files[i].path);
            string memory json = compiled(name);
            string[] memory signatures = records.parseJsonKeys(json, ".methodIdentifiers");
            bool isAbstract = bytes(records.parseJsonString(json, ".bytecode.object")).length <= 2;
            if (isAbstract || !contains(signatures, "setAuthority(address)")) continue;
            vm.assertTrue(contains(walked, name), string.concat("not walked: ", name));
            found++;
        }
        vm.assertEq(found, walked.length, "a contract is gone");
    }

    function compiled(string memory name) private view returns (string memory json) {
        return records.readFile(string.concat("out/", name, ".sol/", name, ".json"));
    }

    /// @dev Of a path that ends with `/Name.sol`.
    function nameOf(string memory path) private pure returns (string memory) {
        bytes memory whole = bytes(path);
        uint256 first = whole.length;
        while (whole[first - 1] != "/") first--;
        bytes memory name = new bytes(whole.length - first - 4);
        for (uint256 i = 0; i < name.length; i++) {
            name[i] = whole[first + i];
        }
        return string(name);
    }

    /// @dev Takes every function of the compiled contract, calls it as an outsider with arguments of zeros, and wants what is
    /// refused for want of a role in the table of privileges and everything else that is no view in the list of open functions.
    function requireKnown(string memory name, string memory source, address target) private {
        string memory json = compiled(source);
        string[] memory signatures = records.parseJsonKeys(json, ".methodIdentifiers");
        string[] memory views = viewsIn(json);
        string[] memory opens = records.parseJsonStringArray(openIn(name), "$");
        for (uint256 i = 0; i < signatures.length; i++) {
            bytes4 selector = bytes4(keccak256(bytes(signatures[i])));
            if (selector == IAccessManaged.setAuthority.selector) continue;
            uint256 id = records.snapshotState();
            vm.prank(OUTSIDER);
            (bool taken, bytes memory returned) = target.call(bytes.concat(selector, new bytes(2048)));
            records.revertToState(id);
            if (!taken && isUnauthorized(returned)) {
                vm.assertTrue(isPrivilege(name, target, selector), string.concat("a new privilege: ", signatures[i]));
            } else if (!contains(views, beforeBracket(signatures[i]))) {
                vm.assertTrue(
                    contains(opens, beforeBracket(signatures[i])), string.concat("open to all? ", signatures[i])
                );
            }
        }
    }

    /// @dev Names of the functions that only read; an empty name for every other entry.
    function viewsIn(string memory json) private pure returns (string[] memory names) {
        uint256 size;
        while (records.keyExistsJson(json, entry(size, ""))) size++;
        names = new string[](size);
        for (uint256 i = 0; i < size; i++) {
            if (!records.keyExistsJson(json, entry(i, ".stateMutability"))) continue;
            bytes32 kind = keccak256(bytes(records.parseJsonString(json, entry(i, ".stateMutability"))));
            if (kind != keccak256("view") && kind != keccak256("pure")) continue;
            names[i] = records.parseJsonString(json, entry(i, ".name"));
        }
    }

    function entry(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat(".abi[", records.toString(index), "]", key);
    }

    function isPrivilege(string memory name, address target, bytes4 selector) private view returns (bool) {
        for (uint256 i = 0; i < privileges.length; i++) {
            Privilege storage p = privileges[i];
            if (p.target == target && bytes4(p.data) == selector) {
                return keccak256(bytes(p.contractName)) == keccak256(bytes(name));
            }
        }
        return false;
    }

    function beforeBracket(string memory signature) private pure returns (string memory) {
        bytes memory whole = bytes(signature);
        uint256 length;
        while (whole[length] != "(") length++;
        bytes memory name = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            name[i] = whole[i];
        }
        return string(name);
    }

    function contains(string[] memory list, string memory wanted) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; i++) {
            if (keccak256(bytes(list[i])) == keccak256(bytes(wanted))) return true;
        }
        return false;
    }
}
