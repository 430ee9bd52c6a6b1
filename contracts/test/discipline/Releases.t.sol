// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMisconduct} from "../../src/discipline/IMisconduct.sol";
import {ISubnet} from "../../src/subnet/ISubnet.sol";
import {vm} from "../Vm.sol";
import {ReleaseStand} from "./ReleaseStand.sol";

contract ReleasesTest is ReleaseStand {
    uint256 private constant P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    bytes private constant POINT = hex"020000000000000000000000000000000000000000000000000000000000000001";
    address private constant REPORTER = address(0x5EE);

    /// @dev Encoded once: reading the file takes its time.
    bytes private rightCase;
    bytes private wrongCase;

    function setUp() public override {
        super.setUp();
        confirmShares("small");
        rightCase = abi.encode(caseOf("right, secrets beside keys"));
        wrongCase = abi.encode(caseOf("another image"));
    }

    function test_every_lie_convicts_and_every_right_release_does_not() external {
        uint256 judged = 0;
        for (uint256 i = 0; i < caseCount(); i++) {
            string memory committee = committeeOf(i);
            if (keccak256(bytes(committee)) == keccak256("large")) continue;
            uint256 state = vm.snapshotState();
            confirmShares(committee);
            Case memory c = readCase(i);
            if (!c.wrong) vm.expectRevert(IMisconduct.ReleaseRight.selector);
            misconduct.reportRelease(c.signed, c.hints);
            vm.assertEq(misconduct.isConvicted(2) ? 1 : 0, c.wrong ? 1 : 0, c.name);
            holds(!misconduct.isConvicted(1) && !misconduct.isConvicted(3), "nobody else");
            vm.revertToState(state);
            judged++;
        }
        holds(judged >= 40, "there are cases");
    }

    function test_a_wrong_release_costs_the_stake_once() external {
        Case memory c = wrong();
        uint256 stakeWei = subnet.stake(2, 2).bondedWei;
        vm.expectEmit(true, true, true, true, address(misconduct));
        emit IMisconduct.NodeConvicted(2, vm.addr(nodeKeys[1]), REPORTER, c.requestDigest, stakeWei);
        vm.prank(REPORTER);
        misconduct.reportRelease(c.signed, c.hints);
        same(subnet.stake(2, 2).bondedWei, 0, "nothing is left");
        same(subnet.credit(REPORTER), stakeWei / 20, "5 % to the reporter");
        refuse(c, abi.encodeWithSelector(IMisconduct.AlreadyConvicted.selector, 2));
    }

    // -- a right release convicts nobody, whatever is shown with it

    function testFuzz_one_other_hint_never_convicts_an_honest_member(uint256 which, uint256 value) external {
        Case memory c = right();
        alter(c.hints, which, value);
        refuseAny(c);
    }

    function testFuzz_no_hints_at_all_convict_an_honest_member(
        uint256[2][6] memory products,
        uint256[5] memory slopes,
        uint256[6] memory others,
        uint16 noPoint,
        uint256 root
    ) external {
        Case memory c = right();
        for (uint256 i = 0; i < 6; i++) {
            c.hints.products[i] = IMisconduct.Point(products[i][0], products[i][1]);
            if (i < 5) c.hints.slopes[i] = slopes[i];
        }
        c.hints.firstCommitment = IMisconduct.Point(others[0], others[1]);
        c.hints.responseProduct = IMisconduct.Point(others[2], others[3]);
        c.hints.challengeProduct = IMisconduct.Point(others[4], others[5]);
        (c.hints.noPoint, c.hints.root) = (noPoint, root);
        refuseAny(c);
    }

    function testFuzz_other_public_shares_never_convict_an_honest_member(uint256 at, bytes1 value) external {
        Case memory c = right();
        bytes memory shares = c.hints.publicShares;
        at %= shares.length;
        vm.assume(shares[at] != value);
        shares[at] = value;
        refuse(c, abi.encodeWithSelector(IMisconduct.PublicSharesWrong.selector));
    }

    function testFuzz_no_other_bytes_of_a_signed_release_convict_its_member(uint256 at, bytes1 value) external {
        Case memory c = right();
        at %= c.signed.release.length;
        vm.assume(c.signed.release[at] != value);
        c.signed.release[at] = value;
        refuseAny(c);
    }

    function testFuzz_no_other_question_convicts_an_honest_member(uint256 field, bytes32 value) external {
        Case memory c = right();
        field %= 8;
        if (field == 0) c.signed.epoch = uint64(uint256(value));
        if (field == 1) c.signed.requestId = value;
        if (field == 2) c.signed.readerKey = value;
        if (field == 3) c.signed.kind = IMisconduct.ReleaseKind(uint256(value) % 2 * 2);
        if (field == 4) c.signed.count = uint16(uint256(value));
        if (field == 5) c.signed.otherItems = value;
        if (field == 6) c.signed.otherRelease = value;
        if (field == 7) c.signed.items[uint256(value) % c.signed.items.length] ^= 0x01;
        refuseAny(c);
    }

    function test_a_release_shown_as_that_of_the_other_kind_convicts_nobody() external {
        Case memory c = right();
        IMisconduct.SignedRelease memory s = c.signed;
        (s.kind, s.otherItems) = (IMisconduct.ReleaseKind.DerivedKeys, sha256(s.items));
        refuseAny(c);
    }

    /// @dev Where the bytes of both kinds stood in a row under one hash, a reporter could cut them elsewhere.
    function test_bytes_moved_into_the_other_release_convict_nobody() external {
        Case memory c = right();
        bytes memory all = c.signed.release;
        bytes memory shorter = new bytes(all.length - 1);
        for (uint256 i = 0; i < shorter.length; i++) {
            shorter[i] = all[i];
        }
        c.signed.release = shorter;
        c.signed.otherRelease = keccak256(bytes.concat(all[all.length - 1]));
        refuseAny(c);
    }

    function test_a_first_commitment_of_nothing_is_shown_not_said() external {
        Case memory c = right();
        c.hints.firstCommitment = IMisconduct.Point(0, 0);
        refuse(c, abi.encodeWithSelector(IMisconduct.HintWrong.selector));
    }

    function test_an_image_that_is_a_point_is_not_said_to_be_none() external {
        Case memory c = right();
        // A root of what y squared is, which is easy to find, and not of minus that.
        c.hints.root = c.hints.products[3].y;
        for (uint16 i = 1; i <= 4; i++) {
            c.hints.noPoint = i;
            refuse(c, abi.encodeWithSelector(IMisconduct.HintWrong.selector));
        }
        c.hints.noPoint = type(uint16).max;
        refuse(c, abi.encodeWithSelector(IMisconduct.HintWrong.selector));
    }

    function test_a_release_of_shares_that_no_committee_confirmed_convicts_nobody() external {
        Case memory c = right();
        confirmShares("zero");
        refuse(c, abi.encodeWithSelector(IMisconduct.PublicSharesWrong.selector));
        c.hints.publicShares = new bytes(0);
        refuse(c, abi.encodeWithSelector(IMisconduct.PublicSharesWrong.selector));
    }

    function test_other_qualified_dealers_threshold_or_keys_are_not_those_that_were_confirmed() external {
        Case memory c = right();
        c.hints.qualified = keccak256("others");
        refuse(c, abi.encodeWithSelector(IMisconduct.PublicSharesWrong.selector));
        c = right();
        board.setNetworkKey(new bytes(33), new bytes(33));
        refuse(c, abi.encodeWithSelector(IMisconduct.PublicSharesWrong.selector));
    }

    // -- a wrong release convicts with right hints alone

    function testFuzz_one_other_hint_does_not_convict_a_liar_either(uint256 which, uint256 value) external {
        Case memory c = wrong();
        if (which % 27 == 26) which++;
        if (alter(c.hints, which, value)) refuseAny(c);
        else misconduct.reportRelease(c.signed, c.hints);
    }

    function test_the_numbers_of_hints_are_those_of_the_items() external {
        Case memory c = wrong();
        c.hints.products = new IMisconduct.Point[](7);
        refuse(c, abi.encodeWithSelector(IMisconduct.HintWrong.selector));
        c = wrong();
        c.hints.slopes = new uint256[](6);
        refuse(c, abi.encodeWithSelector(IMisconduct.HintWrong.selector));
    }

    function test_bytes_that_are_no_release_need_no_hints() external {
        Case memory c = caseOf("a byte less");
        delete c.hints;
        misconduct.reportRelease(c.signed, c.hints);
        holds(misconduct.isConvicted(2), "convicted");
    }

    // -- who is convicted, and of which epoch

    function test_a_release_in_the_name_of_another_node_convicts_neither() external {
        Case memory c = wrong();
        sign(c, 0);
        refuse(c, abi.encodeWithSelector(IMisconduct.SignerUnknown.selector, vm.addr(nodeKeys[0])));
        nodeKeys.push(uint256(keccak256("nobody's")));
        sign(c, 3);
        refuse(c, abi.encodeWithSelector(IMisconduct.SignerUnknown.selector, vm.addr(nodeKeys[3])));
        c.signed.nodeId = 0;
        sign(c, 3);
        refuse(c, abi.encodeWithSelector(IMisconduct.NotMember.selector, 0, 1));
    }

    function test_a_node_answers_under_its_own_index_alone() external {
        Case memory c = right();
        c.signed.nodeId = 1;
        sign(c, 0);
        misconduct.reportRelease(c.signed, c.hints);
        holds(misconduct.isConvicted(1) && !misconduct.isConvicted(2), "who signed another member's release");
    }

    function test_a_key_that_the_node_has_changed_convicts_it_still() external {
        address owner = nodeOwner(1);
        vm.prank(owner);
        subnet.setNodeKeys(2, keysOf(owner, owner, uint256(keccak256("new key")), 2), "127.0.0.1:1");
        Case memory c = wrong();
        misconduct.reportRelease(c.signed, c.hints);
        holds(misconduct.isConvicted(2), "convicted");
    }

    function test_a_node_outside_of_the_committee_is_not_judged() external {
        registerNode(nodeOwner(3), uint256(keccak256("fourth")));
        Case memory c = wrong();
        c.signed.nodeId = 4;
        sign(c, 3);
        refuse(c, abi.encodeWithSelector(IMisconduct.NotMember.selector, 4, 1));
    }

    function test_an_epoch_that_is_not_confirmed_is_not_judged() external {
        Case memory c = wrong();
        board.confirm(1, 0, 0);
        refuse(c, abi.encodeWithSelector(IMisconduct.EpochUnconfirmed.selector, 1));
        c.signed.epoch = 7;
        sign(c, 1);
        refuse(c, abi.encodeWithSelector(IMisconduct.EpochUnconfirmed.selector, 7));
    }

    function test_nothing_is_judged_before_there_is_a_board() external {
        Case memory c = wrong();
        vm.warp(T0);
        vm.roll(B0);
        deployNetwork(ISubnet.NetworkKind.Development, 1, 3, 2);
        misconduct = IMisconduct(deploy("Misconduct", abi.encode(manager, subnet, quorum, 500)));
        sign(c, 1);
        refuse(c, abi.encodeWithSelector(IMisconduct.EpochUnconfirmed.selector, 1));
    }

    // -- what a question is

    function test_a_question_has_a_kind_and_1_to_16_items() external {
        Case memory c = wrong();
        bytes memory reason = abi.encodeWithSelector(IMisconduct.ItemsInvalid.selector);
        c.signed.kind = IMisconduct.ReleaseKind.None;
        refuse(c, reason);
        c = wrong();
        c.signed.count = 0;
        refuse(c, reason);
        c.signed.count = 17;
        refuse(c, reason);
    }

    function test_items_are_fields_of_contexts_and_points_and_nothing_else() external {
        bytes memory point = bytes.concat(hex"00000021", POINT);
        refuseItems(1, "");
        refuseItems(1, hex"000000");
        refuseItems(1, hex"00000000");
        refuseItems(1, hex"ffffffff");
        refuseItems(1, point);
        refuseItems(1, bytes.concat(hex"00000002aa", point));
        refuseItems(1, bytes.concat(hex"00000001aa", hex"00000020", POINT));
        refuseItems(1, bytes.concat(hex"00000001aa", point, hex"00"));
        refuseItems(1, bytes.concat(hex"00000001aa", point, hex"00000001aa", point));
        refuseItems(2, bytes.concat(hex"00000001aa", point));
    }

    /// @dev Signed as they are: their reader would not take such an answer, and nobody can show another question of this digest.
    function refuseItems(uint16 count, bytes memory items) private {
        Case memory c = wrong();
        IMisconduct.SignedRelease memory s = c.signed;
        (s.count, s.items, s.otherItems) = (count, items, 0);
        bytes32 own = sha256(
            bytes.concat(
                framed("wetee/threshold/v1 release items"), framed("derived keys"), hex"00000002", bytes2(count), items
            )
        );
        s.kind = IMisconduct.ReleaseKind.DerivedKeys;
        c.requestDigest = sha256(
            bytes.concat(
                framed("wetee/threshold/v1 release request"),
                framed(bytes.concat(s.requestId)),
                framed(bytes.concat(s.readerKey)),
                framed(""),
                framed(bytes.concat(own))
            )
        );
        c.releaseDigest = keccak256(bytes.concat(s.otherRelease, keccak256(s.release)));
        sign(c, 1);
        refuse(c, abi.encodeWithSelector(IMisconduct.ItemsInvalid.selector));
    }

    function framed(bytes memory value) private pure returns (bytes memory) {
        return bytes.concat(bytes4(uint32(value.length)), value);
    }

    // -- hints

    /// @dev One number of the hints of three items: 12 of products, 5 slopes, 6 of points, qualified, noPoint, and root, which counts
    /// with noPoint alone. Whether it is another one now.
    function alter(IMisconduct.Hints memory hints, uint256 which, uint256 value) private pure returns (bool) {
        bytes32 before = keccak256(abi.encode(hints));
        which %= 27;
        IMisconduct.Point memory point;
        if (which < 12) {
            point = hints.products[which / 2];
        } else if (which < 17) {
            hints.slopes[which - 12] = value;
        } else if (which < 19) {
            point = hints.firstCommitment;
        } else if (which < 21) {
            point = hints.responseProduct;
        } else if (which < 23) {
            point = hints.challengeProduct;
        } else if (which == 23) {
            hints.qualified = bytes32(value);
        } else if (which == 24) {
            hints.noPoint = uint16(value);
        } else if (which == 25) {
            // The other y of the same x.
            hints.products[value % 6].y = P - hints.products[value % 6].y;
        } else {
            hints.root = value;
        }
        bool isX = which < 17 ? which % 2 == 0 : which % 2 == 1;
        if (isX) point.x = value;
        else point.y = value;
        return keccak256(abi.encode(hints)) != before;
    }

    function right() private view returns (Case memory) {
        return abi.decode(rightCase, (Case));
    }

    function wrong() private view returns (Case memory) {
        return abi.decode(wrongCase, (Case));
    }

    function refuse(Case memory c, bytes memory reason) private {
        vm.expectRevert(reason);
        misconduct.reportRelease(c.signed, c.hints);
    }

    function refuseAny(Case memory c) private {
        (bool done,) = address(misconduct).call(abi.encodeCall(IMisconduct.reportRelease, (c.signed, c.hints)));
        holds(!done && !misconduct.isConvicted(2), "nobody is convicted");
    }
}
