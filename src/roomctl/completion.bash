# shellcheck shell=bash
# Completion of roomctl for bash: verbs, options, and the names of the components that a verb is for, as the running
# service knows them. Where it does not run there is nothing to offer, and nothing is said.

# The components that can be shown, or that the verb is for.
_roomctl_names() {
	local can=() name kind
	[ -z "${1:-}" ] || can=(--can="$1")
	roomctl "${where[@]}" list --no-legend --no-ask-password "${can[@]}" 2>/dev/null </dev/null |
		while read -r name kind _; do
			# What a shell would do something with is not offered.
			[[ $kind/$name == *[^[:alnum:]/_.:@+-]* ]] || printf '%s\n' "$name" "$kind/$name"
		done
}

# A member of what roomd-history has: 2 is the component, which the room may have no more, 3 the property.
_roomctl_recorded() {
	local system=() word
	[ ${#where[@]} -eq 0 ] || system=("${where[@]}")
	busctl "${system[@]}" --json=short call org.roomd1.History /org/roomd1/History org.roomd1.History Series 2>/dev/null </dev/null |
		sed 's/],\[/\n/g; s/\[\[\[/\n/' | tail -n +2 | cut -d '"' -f $((2 * $1 - 2)) | sort -u |
		while read -r word; do
			[[ -z $word || $word == *[^[:alnum:]/_.:@+-]* ]] || printf '%s\n' "$word"
		done
}

# Offers these words; kind and name only to whoever has begun with a kind.
_roomctl_offer() {
	local word
	COMPREPLY=()
	while read -r word; do
		[[ $word && $word == "$cur"* ]] || continue
		[[ $word != */* || $cur == */* || $cur == [A-Z]* ]] || continue
		[[ " ${COMPREPLY[*]} " == *" $word "* ]] || COMPREPLY+=("$word")
	done
}

_roomctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local verbs=' list show monitor why history on off auto light lock unlock open acknowledge find init check-config reload mqtt '
	local options=' --for --speed --can --check --config --output --wiring --yes --since --until --property --plot --svg --csv --sum --json -j --full -l --no-legend --quiet -q --host -H --machine -M --no-ask-password --no-pager --help -h --version '
	local with_value=' --for --speed --can --config --output --since --until --property --svg --host -H --machine -M '
	local verb='' arguments=0 i word where=()

	# bash has made "--json=pretty" three words.
	if [[ $cur == '=' ]]; then
		cur=
	elif [[ $previous == '=' && $COMP_CWORD -ge 2 ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $with_value == *" $word "* ]]; then
			[[ ${COMP_WORDS[i + 1]:-} != '=' ]] || ((i++))
			((i++))
			[[ $i -ge $COMP_CWORD || ! $word =~ ^(-H|-M|--host|--machine)$ ]] ||
				where=("$word" "${COMP_WORDS[i]}")
		elif [[ $word == '=' ]]; then
			((i++))
		elif [[ $word != -* && -z $verb ]]; then
			verb=$word
		elif [[ $word != -* ]]; then
			((arguments++))
		fi
	done

	case $previous in
	--json)
		[[ ${COMP_WORDS[COMP_CWORD]} != '=' && ${COMP_WORDS[COMP_CWORD - 1]} != '=' ]] || {
			_roomctl_offer < <(printf '%s\n' short pretty off)
			return
		}
		;;
	--wiring)
		[[ ${COMP_WORDS[COMP_CWORD]} != '=' && ${COMP_WORDS[COMP_CWORD - 1]} != '=' ]] || {
			_roomctl_offer < <(printf '%s\n' high low)
			return
		}
		;;
	--output)
		# The lines' names, which gpioinfo has between quotes, or, from libgpiod 2 on, without.
		_roomctl_offer < <(gpioinfo 2>/dev/null | sed -n 's/^[[:blank:]]*line *[0-9]*:[[:blank:]]*"\?\([^"[:blank:]]*\)"\?[[:blank:]].*/\1/p' |
			grep -vx -e unnamed -e unused)
		return
		;;
	--can)
		_roomctl_offer < <(printf '%s\n' on off auto light lock unlock open acknowledge)
		return
		;;
	--for)
		_roomctl_offer < <(printf '%s\n' 5min 30min 1h 8h)
		return
		;;
	--speed)
		_roomctl_offer < <(printf '%s\n' 0% 30% 60% 100%)
		return
		;;
	--since | --until)
		_roomctl_offer < <(printf '%s\n' now today yesterday -1h -24h -7d -30d "$(date +%F)")
		return
		;;
	--property)
		_roomctl_offer < <(_roomctl_recorded 3)
		return
		;;
	--config | --svg)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	-H | --host)
		! declare -F _known_hosts_real >/dev/null || _known_hosts_real -- "$cur"
		return
		;;
	-M | --machine)
		_roomctl_offer < <(machinectl --no-legend list 2>/dev/null | cut -d ' ' -f 1)
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		_roomctl_offer < <(tr ' ' '\n' <<<"$options")
		return
	fi
	case $verb:$arguments in
	:*) _roomctl_offer < <(tr ' ' '\n' <<<"$verbs") ;;
	show:* | why:* | monitor:*) _roomctl_offer < <(_roomctl_names) ;;
	history:*) _roomctl_offer < <(_roomctl_names && _roomctl_recorded 2) ;;
	on:0 | off:0 | auto:0 | light:0 | lock:0 | unlock:0 | open:0 | acknowledge:0) _roomctl_offer < <(_roomctl_names "$verb") ;;
	light:1) _roomctl_offer < <(printf '%s\n' on off auto) ;;
	check-config:0 | init:0) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	*) COMPREPLY=() ;;
	esac
}

complete -F _roomctl roomctl
