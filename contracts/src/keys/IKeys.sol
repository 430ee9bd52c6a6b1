// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IQuorum} from "../quorum/IQuorum.sol";
import {ISubnet} from "../subnet/ISubnet.sol";

/// @title Keys: the board on which the committee of an epoch makes, or takes over, the network's key
/// @notice Keys are numbered from 1. The newest is handed on from epoch to epoch. The one before it stays with the members of its last epoch
/// until its end, 30 days at most: two live at most.
/// @notice Bodies are in the calldata of the transaction that an event belongs to; the contract keeps their hashes, takes each once, in
/// its window, and only under the statement key that the sender has proven. It judges no cryptography: every member reads the same
/// bytes, comes to the same verdict, and a quorum of the new committee confirms the result. docs/reference/threshold.md has the bodies.
/// @dev An epoch has one session: nobody ever confirms two results for one epoch. After one that expired `Quorum.renewCommittee`
/// names the epoch of the next try.
interface IKeys {
    /// @dev Register, Deal, Complain, Reveal, Recover and Confirm follow one another; a resharing has no Reveal and no Recover. Expired: too
    /// few have registered or dealt by the end of that phase, nothing was confirmed by the end of Confirm, or another epoch was named since.
    enum Phase {
        None,
        Register,
        Deal,
        Complain,
        Reveal,
        Recover,
        Confirm,
        Confirmed,
        Expired
    }

    enum Kind {
        None,
        Register,
        Deal,
        Complain,
        Reveal,
        Recover
    }

    /// @notice How long each phase lasts, seconds, 1 s to 7 days. Register, Deal and Reveal end sooner when everybody has spoken.
    struct Windows {
        uint32 registerSeconds;
        uint32 dealSeconds;
        uint32 complainSeconds;
        uint32 revealSeconds;
        uint32 recoverSeconds;
        uint32 confirmSeconds;
    }

    /// @notice What a sender's statement key signs, EIP-712 in the Quorum's domain:
    /// SessionMessage(uint64 session,uint8 kind,uint16 sender,uint16 subject,bytes32 bodyDigest)
    /// @param sender index of the member, from 1: of the dealers' committee for Deal and Reveal, of the new committee else
    /// @param subject the dealer that a Complain or Recover is about, else 0
    /// @param bodyDigest keccak256 of the body
    struct SessionMessage {
        uint64 session;
        Kind kind;
        uint16 sender;
        uint16 subject;
        bytes32 bodyDigest;
    }

    /// @param epoch whose members get shares
    /// @param dealersEpoch whose members deal: `epoch` for a new key, else whoever had the newest key when the session was opened
    /// @param openedBlock accounts of members and dealers are those in the state after this block, where every member has to be live
    /// still, as it was when the session was opened: a reader checks that. Its hash is in the session's id
    /// @param phaseEnd last second of the phase, unless it ends sooner; 0 for one without an end
    /// @param registered how many members have registered a key for this session
    /// @param dealt how many dealers have dealt; `revealed` likewise
    /// @param messagesDigest over every message taken so far, in order, from 0: keccak256(abi.encode(messagesDigest, kind, sender,
    /// subject, bodyDigest)). A reader whose events do not come to this has not seen all of them
    struct Session {
        uint64 epoch;
        uint64 dealersEpoch;
        uint64 openedBlock;
        uint64 openedAt;
        Phase phase;
        uint64 phaseEnd;
        uint16 registered;
        uint16 dealers;
        uint16 dealt;
        uint16 revealed;
        bytes32 messagesDigest;
    }

    /// @notice How an epoch came to its shares.
    /// @param session number of the session, from 1
    /// @param sessionId as the members signed it, see docs/reference/threshold.md
    /// @param transcriptDigest `confirmationDigest` of docs/reference/threshold.md
    /// @param key number of the key that the epoch has shares of
    struct Confirmation {
        uint64 session;
        uint32 key;
        bytes32 sessionId;
        bytes32 transcriptDigest;
    }

    /// @notice A key of the network.
    /// @param number from 1
    /// @param madeBlock in which it was confirmed: versions created in later blocks are launched under it, while it lives
    /// @param lastEpoch whose members keep their shares of it until its end; 0 for the newest key, which is handed on
    /// @param endsAt from this second on it is released with no more; 0 for the newest
    /// @param encryptionKey Y = s*H, 33 bytes
    /// @param verificationKey S = s*G, 33 bytes
    struct NetworkKey {
        uint32 number;
        uint64 madeBlock;
        uint64 lastEpoch;
        uint64 endsAt;
        bytes encryptionKey;
        bytes verificationKey;
    }

    event SessionOpened(uint64 indexed session, uint64 indexed epoch, uint64 dealersEpoch);
    event Registered(uint64 indexed session, uint16 indexed member, bytes32 bodyDigest);
    event Dealt(uint64 indexed session, uint16 indexed dealer, bytes32 bodyDigest);
    event Complained(uint64 indexed session, uint16 indexed dealer, uint16 indexed complainer, bytes32 bodyDigest);
    event Revealed(uint64 indexed session, uint16 indexed dealer, bytes32 bodyDigest);
    event Recovered(uint64 indexed session, uint16 indexed dealer, uint16 indexed member, bytes32 bodyDigest);
    event EpochConfirmed(uint64 indexed session, uint64 indexed epoch, bytes32 transcriptDigest);
    /// @dev 33 bytes each.
    event NetworkKeyMade(uint32 indexed key, bytes encryptionKey, bytes verificationKey);
    event RotationOrdered(uint64 overlapSeconds);
    /// @dev When the next key is made, and once more where the DAO brings the end forward.
    event KeyEndSet(uint32 indexed key, uint64 lastEpoch, uint64 endsAt);
    event WindowsSet(Windows windows);

    error SessionUnknown(uint64 session);
    error SessionExists(uint64 session);
    error EpochNotPending(uint64 epoch);
    error MemberNotLive(uint64 nodeId);
    error PhaseWrong(uint64 session, Phase phase);
    error SenderUnknown(uint16 sender, uint256 members);
    error SignatureInvalid(uint16 sender);
    error NotRegistered(uint64 session, uint16 member);
    error NotDealt(uint64 session, uint16 dealer);
    error MessageRepeated(uint64 session, Kind kind, uint16 sender, uint16 subject);
    error BodySize(uint256 size, uint256 maximum);
    error ConfirmationDiffers();
    error KeyDiffers();
    error KeyRepeated(uint32 key);
    error KeyUnknown(uint32 key);
    error KeyIsNewest(uint32 key);
    error KeyEnded(uint32 key);
    error OlderKeyLives(uint32 key, uint64 endsAt);
    error OverlapTooLong(uint64 overlapSeconds);
    error SealersTooFew(uint256 found, uint256 needed);
    error KeyLength(uint256 length);
    error WindowsInvalid();
    error ZeroAddress();

    /// @notice Opens the session of the epoch that was named last and is not active. Anyone may call, once for an epoch; every member
    /// has a live proof. Dealers are the members of the epoch that holds the newest key: the active one, or the one confirmed last while the
    /// active one has no shares of it; those of `epoch` itself while there is no key, or after `rotate`.
    function open(uint64 epoch) external returns (uint64 session);
    /// @notice The key of a member for this session alone, to which it is dealt its shares: a body of 1 to 8,192 bytes. Anyone may bring
    /// a message that its sender has signed. Whoever does not register gets no share in this epoch.
    function register(uint64 session, uint16 member, bytes calldata body, bytes calldata signature) external;
    /// @notice For a new key by members who have registered; of a key that there is by every member of the epoch that deals.
    function deal(uint64 session, uint16 dealer, bytes calldata body, bytes calldata signature) external;
    /// @notice One for each pair of a member who has registered and a dealer who has dealt.
    function complain(uint64 session, uint16 complainer, uint16 dealer, bytes calldata body, bytes calldata signature)
        external;
    /// @notice A dealer who was complained about reveals what it dealt.
    function reveal(uint64 session, uint16 dealer, bytes calldata body, bytes calldata signature) external;
    /// @notice A member who has registered reveals its share of a dealer who has dealt, and whose own reveal is missing or does not hold: the contract
    /// cannot tell, so this phase follows on every Reveal; whoever needs nothing of it confirms meanwhile.
    function recover(uint64 session, uint16 member, uint16 dealer, bytes calldata body, bytes calldata signature)
        external;
    /// @notice From the end of Complain on: `confirmed` names this session's epoch, committee and threshold, `signed` is a quorum of
    /// the named committee with live proofs. The session of a new key makes it; every other one names the newest. Where hardware is genuine, at
    /// least the threshold of members has a sealing key of its own hardware: the files of the others open with what those release.
    function confirm(
        uint64 session,
        IQuorum.CommitteeConfirmed calldata confirmed,
        bytes calldata encryptionKey,
        bytes calldata verificationKey,
        IQuorum.Signed calldata signed
    ) external;
    /// @notice Restricted (DAO): the next session that is opened makes a new key, and those after it until one does; the committee may be
    /// named again at once. Not while an older key lives. Another call before that sets another overlap.
    /// @param overlapSeconds how long the key of now lives on after the new one was made, at most 30 days; 0 for one that has leaked
    function rotate(uint64 overlapSeconds) external;
    /// @notice Restricted (DAO): ends an older key now.
    function endKey(uint32 number) external;
    /// @notice Restricted (DAO); for sessions opened later.
    function setWindows(Windows calldata windows_) external;

    /// @notice Of the newest key, 33 bytes each; both empty before the first confirmation.
    function networkKey() external view returns (bytes memory encryptionKey, bytes memory verificationKey);
    function keyCount() external view returns (uint32);
    /// @notice Any key, ended or not.
    function keyAt(uint32 number) external view returns (NetworkKey memory);
    /// @notice Those that live at this block's time, oldest first: none, one or two.
    function liveKeys() external view returns (NetworkKey[] memory);
    function isKeyLive(uint32 number) external view returns (bool);
    /// @notice The last epoch of an older key that lives, 0 for none: its members answer for their shares until the end.
    function frozenEpoch() external view returns (uint64);
    /// @notice Whether the next session makes a new key, and how long the key of now lives on then.
    function rotation() external view returns (bool ordered, uint64 overlapSeconds);
    /// @notice As of this block's time.
    function session(uint64 number) external view returns (Session memory);
    /// @notice Number of sessions ever opened; numbers begin with 1.
    function sessionCount() external view returns (uint64);
    /// @notice The session of an epoch, 0 for none.
    function sessionOf(uint64 epoch) external view returns (uint64);
    /// @notice Zeros for an epoch that is not confirmed.
    function confirmation(uint64 epoch) external view returns (Confirmation memory);
    /// @notice Whether an epoch has a key that its committee has confirmed.
    function isConfirmed(uint64 epoch) external view returns (bool);
    /// @notice How long the phases of new sessions last.
    function windows() external view returns (Windows memory);
    /// @notice The contract that names committees.
    function quorum() external view returns (IQuorum);
    /// @notice The contract that knows nodes.
    function subnet() external view returns (ISubnet);
}
