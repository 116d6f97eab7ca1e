// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.util.EventObject;

/** Uses the class that the agent goes through: it must be what it was. */
public final class EventSource {

    private EventSource() {}

    public static void main(String[] arguments) {
        byte[][] files = {{1, 2}, {3}};
        Object source = new EventObject(files).getSource();
        System.out.println("same " + (System.identityHashCode(source) == System.identityHashCode(files)));
    }
}
