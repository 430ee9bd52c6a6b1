// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../../src/quorum/IQuorum.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {Tenants} from "./Tenants.sol";

/// @dev What owners of workers and nodes do with the Subnet, and committees that come and go.
abstract contract Keepers is Tenants {
    /// @dev By role and id: wei put in, withdrawn, slashed.
    mapping(uint16 role => mapping(uint64 id => uint256)) public bondedIn;
    mapping(uint16 role => mapping(uint64 id => uint256)) public withdrawnFrom;
    mapping(uint16 role => mapping(uint64 id => uint256)) public slashedFrom;

    // -- stakes

    function bond(uint256 seed) external onTime {
        (uint16 role, uint64 id) = pickStake(seed);
        uint256 amountWei = (seed >> 32) & 3 == 0 ? 1 + (seed >> 64) % 1e9 : 1 + (seed >> 64) % 10 ether;
        vm.deal(STRANGER, amountWei);
        vm.prank(STRANGER);
        try subnet.bond{value: amountWei}(role, id) {
            noteBond(role, id, amountWei);
            done["bond"]++;
        } catch {}
    }

    function request(uint256 seed) external onTime {
        (uint16 role, uint64 id) = pickStake(seed);
        ISubnet.Stake memory s = subnet.stake(role, id);
        uint256 freeWei = s.bondedWei - s.lockedBondedWei;
        uint256 requiredWei = subnet.requiredStakeWei(role, id);
        uint256 most = freeWei > requiredWei ? freeWei - requiredWei : 0;
        if ((seed >> 32) % 8 != 0 && most > 0) most = 1 + (seed >> 64) % (most / 2 + 1);
        // Now and then a wei more than may go.
        if ((seed >> 40) % 8 == 0) most++;
        vm.prank(ownerOf(role, id));
        try subnet.requestWithdrawal(role, id, uint128(most)) {
            done["request"]++;
        } catch {}
    }

    function cancel(uint256 seed) external onTime {
        if ((seed >> 32) % 3 != 0) return;
        (uint16 role, uint64 id) = pickStake(seed);
        vm.prank(ownerOf(role, id));
        try subnet.cancelWithdrawal(role, id) {
            done["cancel"]++;
        } catch {}
    }

    function unstake(uint256 seed) external onTime {
        (uint16 role, uint64 id) = pickStake(seed);
        uint64 availableAt = subnet.stake(role, id).availableAt;
        // Now and then the owner waits for it.
        if ((seed >> 32) % 4 == 0 && availableAt > block.timestamp) wait(availableAt - block.timestamp);
        takeStake(role, id);
    }

    // -- workers

    function enrol(uint256 seed) external onTime {
        if (subnet.workerCount() >= MAX_WORKERS || seed % 3 != 0) return;
        uint128 stakeWei = 2 ether + uint128((seed >> 16) % 20 ether);
        address owner = accounts[3 + (seed >> 8) % 2];
        vm.deal(owner, stakeWei);
        vm.prank(owner);
        uint64 id = subnet.registerWorker{value: stakeWei}(WORKER_OPERATOR, profile(), prices(), capacity());
        noteBond(WORKERS, id, stakeWei);
        vm.prank(owner);
        subnet.setPrices(id, address(coin), tokenPrices());
        prove(WORKERS, id);
        done["enrol"]++;
    }

    function reprice(uint256 seed) external onTime {
        uint64 id = pickWorker(seed);
        ISubnet.Prices memory p = prices();
        p.cpuMilli = uint128(1 + (seed >> 8) % 1e9);
        p.memoryMiB = uint128(1 + (seed >> 40) % 1e8);
        p.diskMiB = uint128((seed >> 72) % 1e6);
        vm.prank(ownerOfWorker(id));
        try subnet.updateWorker(id, (seed >> 104) % 8 != 0, profile(), p, capacity()) {
            done["reprice"]++;
        } catch {}
    }

    function drainOrShut(uint256 seed) external onTime {
        uint64 id = pickWorker(seed);
        uint256 what = (seed >> 32) % 6;
        vm.prank(ownerOfWorker(id));
        if (what < 5) {
            try subnet.drain(id, what == 0) {
                done["drain"]++;
            } catch {}
        } else {
            try subnet.shutdown(id) {
                done["shutdown"]++;
            } catch {}
        }
    }

    function proveAgain(uint256 seed) external onTime {
        prove(WORKERS, pickWorker(seed));
        done["prove"]++;
    }

    // -- nodes and committees

    function join(uint256 seed) public onTime {
        if (subnet.nodeCount() >= MAX_NODES || seed % 3 != 0) return;
        uint64 id =
            registerNode(nodeOwner(nodeKeys.length), uint256(keccak256(abi.encode("new node", nodeKeys.length))));
        noteBond(NODES, id, NODE_STAKE);
        prove(NODES, id);
        done["join"]++;
    }

    function rekey(uint256 seed) external onTime {
        if ((seed >> 32) % 4 != 0) return;
        (, uint64 id) = (NODES, pickNode(seed));
        address owner = ownerOf(NODES, id);
        uint256 key = uint256(keccak256(abi.encode("new key", seed, id)));
        ISubnet.NodeKeys memory keys = keysOf(owner, owner, key, id);
        vm.prank(owner);
        try subnet.setNodeKeys(id, keys, "127.0.0.1:1") {
            nodeKeys[id - 1] = key;
            prove(NODES, id);
            done["rekey"]++;
        } catch {}
    }

    function leave(uint256 seed) external onTime {
        uint64 id = pickNode(seed);
        vm.prank(ownerOf(NODES, id));
        try subnet.leaveNode(id) {
            done["leave"]++;
        } catch {}
    }

    /// @dev A committee of random active nodes; the DAO may ask for too low a threshold, in vain.
    function reseat(uint256 seed) external onTime {
        uint64[] memory members = activeNodes(seed);
        if (members.length == 0) return;
        uint16 threshold = uint16((seed >> 64) % (members.length + 1));
        vm.prank(ADMIN);
        try quorum.nameCommittee(members, threshold) {
            activateNamed(members);
        } catch {}
    }

    // -- how

    function noteBond(uint16 role, uint64 id, uint256 amountWei) internal {
        bondedIn[role][id] += amountWei;
        given[address(subnet)][NATIVE] += amountWei;
    }

    function takeStake(uint16 role, uint64 id) internal {
        address owner = ownerOf(role, id);
        vm.prank(owner);
        try subnet.withdrawStake(role, id, payable(owner)) returns (uint256 amountWei) {
            withdrawnFrom[role][id] += amountWei;
            taken[address(subnet)][NATIVE] += amountWei;
            done["unstake"]++;
        } catch {}
    }

    function activateNamed(uint64[] memory members) internal {
        for (uint256 i = 0; i < members.length; i++) {
            prove(NODES, members[i]);
        }
        try quorum.activate() {
            done["reseat"]++;
        } catch {}
    }

    function prove(uint16 role, uint64 id) internal {
        ISubnet.NodeProof[] memory proofs = new ISubnet.NodeProof[](1);
        if (role == WORKERS) proofs[0] = workerProof(id, machineOf(id));
        else proofs[0] = nodeProof(id);
        bool genesis = quorum.genesisOpen();
        uint64 epoch = currentEpoch();
        bytes32 structHash = proofBatchHash(proofs, epoch, proofs[0].notAfter);
        (IQuorum.Signed memory signed, bool enough) = signTogether(structHash, epoch, proofs[0].notAfter, genesis);
        if (!enough) return;
        vm.prank(proofs[0].statementKey);
        try subnet.proveNodes(proofs, new string[](1), signed) {} catch {}
    }

    function ownerOf(uint16 role, uint64 id) internal view returns (address) {
        return role == WORKERS ? ownerOfWorker(id) : subnet.node(id).owner;
    }

    function pickStake(uint256 seed) internal view returns (uint16 role, uint64 id) {
        role = (seed >> 8) % 3 == 0 ? NODES : WORKERS;
        id = role == NODES ? pickNode(seed) : pickWorker(seed);
    }

    function pickNode(uint256 seed) internal view returns (uint64) {
        return uint64(1 + (seed >> 16) % subnet.nodeCount());
    }

    /// @dev Those that are active, each with a good chance.
    function activeNodes(uint256 seed) private view returns (uint64[] memory members) {
        uint64 count = subnet.nodeCount();
        uint64[] memory found = new uint64[](count);
        uint256 size = 0;
        for (uint64 id = 1; id <= count; id++) {
            bool chosen = (seed >> (128 + 2 * id)) & 3 != 0;
            if (chosen && subnet.node(id).status == ISubnet.NodeStatus.Active) found[size++] = id;
        }
        members = new uint64[](size);
        for (uint256 i = 0; i < size; i++) {
            members[i] = found[i];
        }
    }
}
