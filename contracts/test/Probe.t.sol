// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {ICloud} from "../src/cloud/ICloud.sol";
import {IQuorum} from "../src/quorum/IQuorum.sol";
import {Fixture} from "./Fixture.sol";
import {vm} from "./Vm.sol";
struct DebugStep { uint256[] stack; bytes memoryInput; uint8 opcode; uint64 depth; bool isOutOfGas; address contractAddr; }
interface V2 { function startDebugTraceRecording() external; function stopAndReturnDebugTraceRecording() external returns (DebugStep[] memory); }
contract Probe is Fixture {
    event log_named_uint(string key, uint256 val);
    function hist(uint256 n) internal returns (uint256[256] memory h) {
        ICloud.AttestationLease[] memory leases = new ICloud.AttestationLease[](n);
        for (uint256 i = 0; i < n; i++) leases[i] = leaseAt(uint64(i + 1), 1, 0, i, lastSecond());
        IQuorum.Signed memory s = signLeases(leases);
        V2(address(vm)).startDebugTraceRecording();
        cloud.renew(leases, s);
        DebugStep[] memory st = V2(address(vm)).stopAndReturnDebugTraceRecording();
        for (uint256 i = 0; i < st.length; i++) if (st[i].contractAddr == address(cloud)) h[st[i].opcode]++;
    }
    function test_probe() public {
        vm.deal(address(this), 100 ether);
        for (uint256 i = 0; i < 3; i++) cloud.create{value: 1 ether}(bytes32(i + 1), 1, address(0), 1 ether, terms(), MANIFEST, type(uint256).max);
        for (uint256 j = 0; j < 3; j++) { advance(100); for (uint256 i = 0; i < 3; i++) attest(uint64(i+1), 1, 0, i); }
        advance(100);
        uint256[256] memory a = hist(2);
        advance(100);
        uint256[256] memory b = hist(3);
        for (uint256 i = 0; i < 256; i++) if (b[i] > a[i]) emit log_named_uint(string(abi.encodePacked("op ", hx(i))), b[i] - a[i]);
    }
    function hx(uint256 v) internal pure returns (bytes memory r) { r = new bytes(2); bytes16 d = "0123456789abcdef"; r[0] = d[v >> 4]; r[1] = d[v & 15]; }
}
