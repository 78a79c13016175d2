package io.github.volfram.internal.handshake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in the order they came or will be sent; names compare case-insensitively (RFC 9110
 * §5.1). Immutable.
 */
public final class HttpHeaders {

  /** No header at all. */
  public static final HttpHeaders EMPTY = builder().build();

  private final List<String> names;
  private final List<String> values;

  private HttpHeaders(List<String> names, List<String> values) {
    this.names = names;
    this.values = values;
  }

  /** Starts an empty list. */
  public static Builder builder() {
    return new Builder();
  }

  /** One header; the same checks as {@link Builder#add}. */
  public static HttpHeaders of(String name, String value) {
    return builder().add(name, value).build();
  }

  /** The value of the first header of this name, or null. */
  public @Nullable String first(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return values.get(i);
      }
    }
    return null;
  }

  /** The values of all headers of this name, in order; empty when there is none. */
  public List<String> all(String name) {
    List<String> all = new ArrayList<>(1);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        all.add(values.get(i));
      }
    }
    return Collections.unmodifiableList(all);
  }

  /** Whether there is a header of this name. */
  public boolean contains(String name) {
    return first(name) != null;
  }

  /** An unmodifiable map whose keys compare case-insensitively, each as it was first spelled. */
  public Map<String, List<String>> asMap() {
    Map<String, List<String>> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : names) {
      if (!map.containsKey(name)) {
        map.put(name, all(name));
      }
    }
    return Collections.unmodifiableMap(map);
  }

  /** How many header lines there are. */
  public int size() {
    return names.size();
  }

  /** The name of the header at this place, from 0. */
  public String name(int place) {
    return names.get(place);
  }

  /** The value of the header at this place, from 0. */
  public String value(int place) {
    return values.get(place);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(names.get(i)).append(": ").append(values.get(i));
    }
    return text.toString();
  }

  /** Collects headers; owned by one thread. */
  public static final class Builder {

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a header after those of the same name.
     *
     * @throws IllegalArgumentException for a name that is no token, or for a value with CR, LF,
     *     NUL, another control character or a character above U+00FF (RFC 9110 §5.5): each would
     *     let a value end its line and start another header
     */
    public Builder add(String name, String value) {
      if (!HttpSyntax.isToken(name)) {
        throw new IllegalArgumentException(
            "a header name must be a token (RFC 9110 §5.1), not " + HttpSyntax.quoted(name));
      }
      if (!HttpSyntax.isFieldValue(value)) {
        // The value itself may be a secret.
        throw new IllegalArgumentException(
            "the value of header "
                + name
                + " holds a control character or one above U+00FF (RFC 9110 §5.5)");
      }
      return addChecked(name, value);
    }

    /** Adds all headers of another list. */
    public Builder addAll(HttpHeaders headers) {
      names.addAll(headers.names);
      values.addAll(headers.values);
      return this;
    }

    /**
     * Adds all of these, as {@link #add} does.
     *
     * @throws IllegalArgumentException as {@link #add} does
     */
    public Builder addAll(List<Map.Entry<String, String>> headers) {
      for (Map.Entry<String, String> header : headers) {
        add(header.getKey(), header.getValue());
      }
      return this;
    }

    Builder addChecked(String name, String value) {
      names.add(name);
      values.add(value);
      return this;
    }

    int size() {
      return names.size();
    }

    /** The headers collected so far. */
    public HttpHeaders build() {
      return new HttpHeaders(List.copyOf(names), List.copyOf(values));
    }
  }
}
