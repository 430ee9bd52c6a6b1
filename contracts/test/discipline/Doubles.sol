// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICloud} from "../../src/cloud/ICloud.sol";

contract CloudDouble {
    uint64 public appCount;
    mapping(uint64 => address) private _owners;
    mapping(uint64 => uint64) private _workers;
    mapping(uint64 => uint64) private _served;

    function serve(address owner, uint64 workerId) external returns (uint64 appId) {
        appId = ++appCount;
        _owners[appId] = owner;
        _workers[appId] = workerId;
        _served[appId] = type(uint64).max;
    }

    function end(uint64 appId, uint64 servedUntil_) external {
        _served[appId] = servedUntil_;
    }

    function hand(uint64 appId, address owner) external {
        _owners[appId] = owner;
    }

    function app(uint64 appId) external view returns (ICloud.App memory a) {
        a.owner = _owners[appId];
    }

    function version(uint64 appId, uint32) external view returns (ICloud.Version memory v) {
        v.workerId = _workers[appId];
    }

    function servedUntil(uint64 appId, uint32 version_) external view returns (uint64) {
        if (version_ != 1) return 0;
        return _served[appId] < block.timestamp ? _served[appId] : uint64(block.timestamp);
    }
}
