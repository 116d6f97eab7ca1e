// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.BlockUse;
import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns choices into verdicts: disjoint ranges of sizes, expectations, and reasons in words. */
final class VerdictWriter {

    // An allocation with its free is two events.
    static final double EVENTS_PER_PAIR = 2;

    private final Profile profile;
    private final ApplicationFeatures application;
    private final EntryPointFeatures entryPoint;
    private final OptionWeigher weigher;
    private final Gain gain;
    private final LeftReason left;
    private final Confidence confidence;

    VerdictWriter(
            Profile profile,
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            OptionWeigher weigher,
            Gain gain,
            Confidence confidence) {
        this.profile = profile;
        this.application = application;
        this.entryPoint = entryPoint;
        this.weigher = weigher;
        this.gain = gain;
        this.left = new LeftReason(gain, weigher);
        this.confidence = confidence;
    }

    /** One verdict that leaves all sizes of the entry point. */
    Verdict leaveAll(List<BandGroup> groups, LeaveRules.Leave leave) {
        BandFeatures all = entryPoint.all();
        long peakBytes = groups.stream().mapToLong(weigher::jdkPeakBytes).sum();
        double nanos = groups.stream()
                        .mapToDouble(group -> weigher.jdkNanos(entryPoint, group)
                                * group.features().allocateCount())
                        .sum()
                / all.allocateCount();
        return verdict(
                groups.get(0).minByteSize(),
                groups.get(groups.size() - 1).maxByteSize(),
                Verdict.LEAVE,
                Map.of(),
                unchanged(nanos, peakBytes),
                confidence.ofRule(leave.certain(), all.allocateCount()),
                List.of(leave.reason()),
                "",
                all);
    }

    List<Verdict> verdicts(List<Choice> choices) {
        List<Verdict> verdicts = new ArrayList<>();
        double clearShare = gain.clearShare(choices);
        long free = 0;
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            long next = i + 1 < choices.size() ? choices.get(i + 1).group().minByteSize() : Long.MAX_VALUE;
            Verdict verdict = choice.taken().isPresent()
                    ? taken(choice, choice.taken().get(), free, next)
                    : left(choice, clearShare);
            verdicts.add(verdict);
            free = verdict.maxByteSize() + 1;
        }
        return verdicts;
    }

    /** Sizes below the group's that no group claims are served too: they are rare, and cost less than the JDK's path. */
    private Verdict taken(Choice choice, Option option, long free, long next) {
        BandFeatures band = choice.group().features();
        MadeFor madeFor = weigher.madeFor(option.name(), application, choice.group());
        long before = gain.peakBytesBefore(choice.group());
        long min = Math.max(free, choice.group().zone().minByteSize());
        long max = Math.min(option.maxByteSize(), next - 1);
        return verdict(
                Math.min(min, choice.group().minByteSize()),
                max,
                option.name(),
                option.parameters(),
                new Expected(
                        choice.jdkNanos() / EVENTS_PER_PAIR,
                        option.pairNanos() / EVENTS_PER_PAIR,
                        before,
                        option.peakBytes()),
                choice.isForMemory()
                        ? confidence.ofMemory(before, option.peakBytes(), band.allocateCount(), madeFor)
                        : confidence.ofChange(choice.jdkNanos(), option.pairNanos(), band.allocateCount(), madeFor),
                takenReasons(choice, option, madeFor),
                runnerUp(choice, option),
                band);
    }

    private List<String> takenReasons(Choice choice, Option option, MadeFor madeFor) {
        List<String> reasons = new ArrayList<>();
        reasons.add(Comparison.text(choice.group(), choice.jdkNanos(), option) + ": "
                + Figures.percent(choice.savedShare()) + " of the run");
        if (gain.heldMemory().heldBytes(choice.group()).isPresent()) {
            String held = gain.heldMemory().sentence(choice.group());
            reasons.add(
                    choice.isForMemory() ? 0 : 1,
                    held + "; " + option.name() + " is expected to hold " + Figures.bytes(option.peakBytes()));
        }
        if (!option.detail().isEmpty()) {
            reasons.add(option.detail());
        }
        reasons.add(madeFor.sentence());
        addContext(reasons, choice.group());
        return reasons;
    }

    private void addContext(List<String> reasons, BandGroup group) {
        double closeNanos = weigher.arenaCloseNanos(entryPoint);
        if (closeNanos > 0) {
            boolean saved = weigher.servedCloseNanos(entryPoint) < closeNanos;
            reasons.add("closing each arena costs the JDK about " + Figures.nanos(closeNanos)
                    + " for the handshake of all threads"
                    + (saved
                            ? ": where allocators serve it, that is done once for many arenas"
                            : ", which stays where virtual threads run: open fewer, larger shared arenas"));
        }
        UnpooledBuffers.sentence(entryPoint.entryPoint(), profile.entryPoints()).ifPresent(reasons::add);
        MainSite.sentence(profile, entryPoint, group.bands()).ifPresent(reasons::add);
    }

    private Verdict left(Choice choice, double clearShare) {
        BandFeatures band = choice.group().features();
        return verdict(
                choice.group().minByteSize(),
                choice.group().maxByteSize(),
                Verdict.LEAVE,
                Map.of(),
                unchanged(choice.jdkNanos(), weigher.jdkPeakBytes(choice.group())),
                confidence.ofSmallGain(choice.savedShare(), Gain.MIN_SAVED_SHARE, band.allocateCount()),
                leftReasons(choice, clearShare),
                choice.best().filter(best -> !best.isLeave()).map(Option::text).orElse(""),
                band);
    }

    /** Why the group's blocks are left where a library's pool keeps them. */
    Optional<String> poolChunks(BandGroup group) {
        return PoolChunks.reason(profile, group.features());
    }

    private List<String> leftReasons(Choice choice, double clearShare) {
        List<String> reasons = new ArrayList<>(
                poolChunks(choice.group()).map(reason -> List.of(reason)).orElseGet(() -> left.of(choice, clearShare)));
        addContext(reasons, choice.group());
        return reasons;
    }

    /** What else would have done, and why it was passed over; leaving it where nothing else would. */
    String runnerUp(Choice choice, Option taken) {
        return choice.second().orElse(leaving(choice)).textBeside(taken);
    }

    /** To leave a group, as an option. */
    Option leaving(Choice choice) {
        return new Option(
                Verdict.LEAVE,
                Map.of(),
                choice.jdkNanos(),
                gain.peakBytesBefore(choice.group()),
                choice.group().maxByteSize(),
                "");
    }

    private static Expected unchanged(double pairNanos, long peakBytes) {
        return new Expected(pairNanos / EVENTS_PER_PAIR, pairNanos / EVENTS_PER_PAIR, peakBytes, peakBytes);
    }

    private Verdict verdict(
            long minByteSize,
            long maxByteSize,
            String allocator,
            Map<String, String> parameters,
            Expected expected,
            double sure,
            List<String> reasons,
            String runnerUp,
            BandFeatures blocks) {
        return new Verdict(
                entryPoint.entryPoint(),
                0,
                "",
                minByteSize,
                maxByteSize,
                allocator,
                parameters,
                expected,
                sure,
                reasons,
                runnerUp,
                BlockUse.of(blocks, entryPoint.all()));
    }
}
