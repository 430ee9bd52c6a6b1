// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SecretsStand} from "../secrets/SecretsStand.sol";
import {vm} from "../Vm.sol";

/// @dev What each function of Secrets costs, see CloudGas.t.sol. Written to snapshots/Secrets.json.
contract SecretsGasTest is SecretsStand {
    function note(string memory name) private {
        vm.snapshotGasLastCall("Secrets", name);
    }

    function test_secrets() public {
        set("db_password", 1);
        note("setSecret, first of an application");
        set("api_key", 1);
        note("setSecret, next of an application");
        set("db_password", 2);
        note("setSecret, rotation");
        for (uint32 i = 3; i <= 17; i++) {
            set("db_password", i);
        }
        note("setSecret, rotation that drops an old version");
        vm.prank(OWNER);
        secrets.rollBack(appId, "db_password", 10);
        note("rollBack");
        grant("db_password", byManifest(otherId, keccak256("manifest")));
        note("grant, by manifest");
        grant("db_password", byOwner(OTHER_OWNER));
        note("grant, by owner");
        vm.prank(OWNER);
        secrets.revoke(appId, "db_password", byOwner(OTHER_OWNER));
        note("revoke, by owner");
        remove("db_password");
        note("removeSecret, 16 versions and a reader");
        remove("api_key");
        note("removeSecret, one version");
        address operator = nodeOwner(0);
        vm.prank(operator);
        secrets.postReceipts(1, 1, 10, keccak256("root"));
        note("postReceipts, first of a node");
        vm.prank(operator);
        secrets.postReceipts(1, 11, 10, keccak256("root"));
        note("postReceipts");
    }
}
