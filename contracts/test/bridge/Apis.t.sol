// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IApis} from "../../src/bridge/IApis.sol";
import {ICloud} from "../../src/cloud/ICloud.sol";
import {vm} from "../Vm.sol";
import {BridgeStand} from "./BridgeStand.sol";

/// @dev Which applications answer calls, and what can be called there.
contract ApisTest is BridgeStand {
    function add(bytes32 name) private returns (uint32) {
        vm.prank(OWNER);
        return apis.addApi(appId, name, DEFINITION, apiTerms());
    }

    function refuse(bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(OWNER);
    }

    function test_an_application_is_registered_once_by_its_owner() external {
        vm.expectRevert(abi.encodeWithSelector(IApis.NotAppOwner.selector, STRANGER));
        vm.prank(STRANGER);
        apis.register(otherId);
        refuse(abi.encodeWithSelector(IApis.ProxyKnown.selector, appId));
        apis.register(appId);
        vm.expectRevert(abi.encodeWithSelector(IApis.ProxyUnknown.selector, otherId));
        vm.prank(OTHER_OWNER);
        apis.addApi(otherId, "price", DEFINITION, apiTerms());
    }

    function test_an_api_is_what_was_defined() external view {
        IApis.Api memory a = apis.api(appId, API);
        same(a.version, 1, "first version");
        holds(a.definitionDigest == sha256(DEFINITION), "its digest");
        same(a.definedBlock, block.number, "the block of its definition");
        holds(a.name == "price", "its name");
        same(apis.apiByName(appId, "price"), API, "found by its name");
        same(a.terms.priceWei, PRICE, "its price");
    }

    function test_a_definition_comes_in_events_that_the_hub_takes() external {
        bytes memory definition = new bytes(321);
        definition[320] = 0x07;
        vm.expectEmit(true, true, true, true, address(apis));
        emit IApis.ApiDefinition(appId, API, 2, 0, new bytes(320));
        vm.expectEmit(true, true, true, true, address(apis));
        emit IApis.ApiDefinition(appId, API, 2, 1, hex"07");
        vm.prank(OWNER);
        apis.updateApi(appId, API, definition);
    }

    function test_only_the_owner_changes_it() external {
        bytes memory why = abi.encodeWithSelector(IApis.NotAppOwner.selector, STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(why);
        apis.updateApi(appId, API, DEFINITION);
        vm.expectRevert(why);
        apis.setApiTerms(appId, API, apiTerms());
        vm.expectRevert(why);
        apis.deleteApi(appId, API);
        vm.expectRevert(why);
        apis.setPaused(appId, true);
        vm.expectRevert(why);
        apis.setCallers(appId, API, new address[](1), true);
        vm.expectRevert(why);
        apis.addApi(appId, "other", DEFINITION, apiTerms());
    }

    function test_another_definition_is_another_version_other_terms_are_not() external {
        vm.startPrank(OWNER);
        apis.updateApi(appId, API, "another");
        IApis.ApiTerms memory cheaper = apiTerms();
        cheaper.priceWei = 0;
        apis.setApiTerms(appId, API, cheaper);
        vm.stopPrank();
        IApis.Api memory a = apis.api(appId, API);
        same(a.version, 2, "second version");
        holds(a.definitionDigest == sha256("another"), "its digest");
        same(a.terms.priceWei, 0, "its price");
    }

    function test_a_deleted_one_is_gone_and_its_number_is_not_given_again() external {
        uint32 second = add("second");
        uint32 third = add("third");
        vm.prank(OWNER);
        apis.deleteApi(appId, API);
        same(apis.api(appId, API).version, 0, "gone");
        same(apis.apiByName(appId, "price"), 0, "not found by its name");
        IApis.Api[] memory page = apis.apis(appId, 0, 10);
        same(page.length, 2, "two are left");
        same(page[0].apiId, third, "the last took its place");
        same(page[1].apiId, second, "the other stayed");
        same(add("price"), 4, "the next number");
        vm.prank(OWNER);
        apis.deleteApi(appId, third);
        same(apis.apis(appId, 0, 10)[0].apiId, 4, "places are still right");
        same(apis.proxy(appId).apiCount, 2, "counted");
    }

    function test_terms_out_of_range_are_refused() external {
        IApis.ApiTerms memory t = apiTerms();
        t.priceWei = 1;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "priceWei"));
        apis.setApiTerms(appId, API, t);
        t.priceWei = uint128(type(uint96).max) / 1e8 * 1e8 + 1e8;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "priceWei"));
        apis.setApiTerms(appId, API, t);
        t = apiTerms();
        t.callbackGas = 1_000_001;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "callbackGas"));
        apis.setApiTerms(appId, API, t);
        t = apiTerms();
        (t.maxPayloadBytes) = 31;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "maxPayloadBytes"));
        apis.setApiTerms(appId, API, t);
        t.maxPayloadBytes = 16_385;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "maxPayloadBytes"));
        apis.setApiTerms(appId, API, t);
        t = apiTerms();
        t.timeoutSeconds = 9;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "timeoutSeconds"));
        apis.setApiTerms(appId, API, t);
        t.timeoutSeconds = 1 days + 1;
        refuse(abi.encodeWithSelector(IApis.TermsInvalid.selector, "timeoutSeconds"));
        apis.setApiTerms(appId, API, t);
    }

    function test_names_and_definitions_out_of_form_are_refused() external {
        refuse(abi.encodeWithSelector(IApis.ApiNameTaken.selector, bytes32("price")));
        apis.addApi(appId, "price", DEFINITION, apiTerms());
        refuse(abi.encodeWithSelector(IApis.ApiNameEmpty.selector));
        apis.addApi(appId, 0, DEFINITION, apiTerms());
        refuse(abi.encodeWithSelector(IApis.SizeWrong.selector, "definition", 0, 4096));
        apis.addApi(appId, "a", "", apiTerms());
        refuse(abi.encodeWithSelector(IApis.SizeWrong.selector, "definition", 4097, 4096));
        apis.addApi(appId, "a", new bytes(4097), apiTerms());
        refuse(abi.encodeWithSelector(IApis.ApiUnknown.selector, appId, 9));
        apis.updateApi(appId, 9, DEFINITION);
    }

    function test_a_list_of_callers_has_one_to_64_accounts() external {
        for (uint256 count = 0; count <= 65; count += 65) {
            refuse(abi.encodeWithSelector(IApis.SizeWrong.selector, "callers", count, 64));
            apis.setCallers(appId, API, new address[](count), true);
        }
        address[] memory callers = new address[](64);
        for (uint160 i = 1; i < 64; i++) {
            callers[i - 1] = address(i);
        }
        refuse(abi.encodeWithSelector(IApis.ZeroAddress.selector));
        apis.setCallers(appId, API, callers, true);
        holds(!apis.isListed(appId, API, callers[0]), "as a whole or not at all");
        callers[63] = STRANGER;
        vm.prank(OWNER);
        apis.setCallers(appId, API, callers, true);
        holds(apis.isListed(appId, API, callers[0]) && apis.isListed(appId, API, STRANGER), "first and last");
    }

    function test_there_are_at_most_64() external {
        for (uint256 i = 1; i < 64; i++) {
            add(bytes32(i));
        }
        refuse(abi.encodeWithSelector(IApis.ApisTooMany.selector, 64));
        apis.addApi(appId, "one too many", DEFINITION, apiTerms());
        same(apis.apis(appId, 60, 10).length, 4, "a page at the end");
        same(apis.apis(appId, 64, 10).length, 0, "a page behind it");
    }

    function test_several_changes_fit_one_transaction() external {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IApis.addApi, (appId, "second", DEFINITION, apiTerms()));
        calls[1] = abi.encodeCall(IApis.updateApi, (appId, API, "another"));
        calls[2] = abi.encodeCall(IApis.setPaused, (appId, true));
        vm.prank(OWNER);
        Multicall(address(apis)).multicall(calls);
        same(apis.apiByName(appId, "second"), 2, "added");
        same(apis.api(appId, API).version, 2, "updated");
        holds(apis.proxy(appId).paused, "paused");
    }

    function test_an_ended_application_takes_no_new_api_but_loses_old_ones() external {
        vm.startPrank(OWNER);
        cloud.terminate(appId);
        vm.expectRevert(abi.encodeWithSelector(IApis.AppNotActive.selector, appId, ICloud.AppState.Ended));
        apis.addApi(appId, "late", DEFINITION, apiTerms());
        apis.deleteApi(appId, API);
    }

    function test_limits_are_the_daos() external {
        vm.expectPartialRevert(bytes4(keccak256("AccessManagedUnauthorized(address)")));
        apis.setLimits(IApis.Limits(1, 10));
        vm.startPrank(ADMIN);
        apis.setLimits(IApis.Limits(1, 10));
        same(apis.limits().maxCallbackGas, 1, "set");
        vm.expectRevert(abi.encodeWithSelector(IApis.LimitInvalid.selector, "maxCallbackGas"));
        apis.setLimits(IApis.Limits(0, 10));
        vm.expectRevert(abi.encodeWithSelector(IApis.LimitInvalid.selector, "maxCallbackGas"));
        apis.setLimits(IApis.Limits(1e9 + 1, 10));
        vm.expectRevert(abi.encodeWithSelector(IApis.LimitInvalid.selector, "maxTimeoutSeconds"));
        apis.setLimits(IApis.Limits(1, 9));
        vm.expectRevert(abi.encodeWithSelector(IApis.LimitInvalid.selector, "maxTimeoutSeconds"));
        apis.setLimits(IApis.Limits(1, 7 days + 1));
        vm.stopPrank();
        notDeployed("Apis", abi.encode(address(0), cloud, IApis.Limits(1, 10)));
        notDeployed("Apis", abi.encode(manager, address(0), IApis.Limits(1, 10)));
    }
}
