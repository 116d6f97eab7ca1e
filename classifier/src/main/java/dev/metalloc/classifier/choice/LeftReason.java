// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Objective;
import java.util.Comparator;
import java.util.List;

/** Says why a group is left: what decided, with its figures. Immutable. */
final class LeftReason {

    private final Gain gain;
    private final OptionWeigher weigher;

    LeftReason(Gain gain, OptionWeigher weigher) {
        this.gain = gain;
        this.weigher = weigher;
    }

    /** @param clearShare what all groups of the entry point save clearly */
    List<String> of(Choice choice, double clearShare) {
        if (choice.weighing().isNothingElse()) {
            return List.of(noCandidate(choice));
        }
        Option best = choice.best().orElseThrow();
        if (best.isLeave()) {
            return List.of(leavingIsBest(choice, best));
        }
        return gain.objective() == Objective.MEMORY
                ? List.of(savesNoMemory(choice, best))
                : savesNoTime(choice, best, clearShare);
    }

    private String leavingIsBest(Choice choice, Option left) {
        Option fastest = choice.weighing().options().stream()
                .filter(option -> !option.isLeave())
                .min(Comparator.comparingDouble(Option::pairNanos))
                .orElseThrow();
        String costs = Comparison.text(choice.group(), left.pairNanos(), fastest);
        if (fastest.pairNanos() >= left.pairNanos()) {
            return costs + ": nothing better to choose";
        }
        // With no more memory it would have been taken: the parts beside it stay the same.
        return fastest.peakBytes() > left.peakBytes()
                ? costs + ", but would hold " + Figures.bytes(fastest.peakBytes() - left.peakBytes()) + " more than "
                        + Figures.bytes(left.peakBytes()) + " at the peak, more than the objective "
                        + gain.objective().label() + " allows"
                : costs + ": no better once there is one allocator more to route to";
    }

    private String savesNoMemory(Choice choice, Option best) {
        return Comparison.text(choice.group(), choice.jdkNanos(), best) + "; its peak of "
                + Figures.bytes(best.peakBytes()) + " instead of "
                + Figures.bytes(weigher.jdkPeakBytes(choice.group())) + " does not save the "
                + Figures.percent(Gain.MIN_SAVED_PEAK_RATIO) + " that a change must";
    }

    private List<String> savesNoTime(Choice choice, Option best, double clearShare) {
        String costs = Comparison.text(choice.group(), choice.jdkNanos(), best);
        if (choice.savedShare() <= 0) {
            return List.of(costs + ": nothing is saved");
        }
        String saved = costs + ": " + Figures.percent(choice.savedShare()) + " of the run";
        double needed = clearShare >= Gain.MIN_SAVED_SHARE ? Gain.MIN_GROUP_SAVED_SHARE : Gain.MIN_SAVED_SHARE;
        if (choice.savedShare() < needed) {
            return List.of(saved + ", less than the " + Figures.percent(needed) + " a change must save");
        }
        if (gain.isClear(choice) && !gain.paysSetUp(choice)) {
            return List.of(saved + ", which is less than the " + Figures.nanos((double) weigher.setUpNanos(best.name()))
                    + " that it costs to set up " + best.name());
        }
        return gain.isPooledByJdk(choice)
                ? List.of(
                        saved,
                        "this JDK pools confined blocks of up to " + Gain.POOLED_MAX_BYTES
                                + " B itself, which the figures do not know of")
                : List.of(saved + ", but by no more than the figures may be off");
    }

    private static String noCandidate(Choice choice) {
        String rate = Comparison.rate(choice.group().features());
        if (choice.group().zone().service() == Zone.Service.NOTHING) {
            return rate + ": blocks above " + Figures.bytes(Zone.SERVED_MAX_BYTES)
                    + " are beyond every allocator; their use costs more than their allocation";
        }
        return rate + ": no allocator fits ("
                + String.join("; ", choice.weighing().rejections()) + ")";
    }
}
